package org.dpo4j.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.BatchParts.Part;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.testkit.PlainBackend;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.testkit.TestModels;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;

class BatchPartsTest {
  private final CausalTransformer model = TestModels.llama();

  /** Examples of many shapes, some of which share a prompt across others. */
  private List<TokenizedExample> examples() {
    List<TokenizedExample> all = new ArrayList<>(new TestExamples(3, model.vocabulary()).mixed());
    all.addAll(new TestExamples(3, model.vocabulary()).mixed());
    all.addAll(new TestExamples(8, model.vocabulary()).mixed());
    return all;
  }

  @Test
  void partsScoreAsTheWhole() {
    Batch batch = model.batch(examples());
    try (ScoringSession session =
        new PlainBackend().openScoring(model, TestModels.weights(5), SessionOptions.defaults())) {
      double[] whole = session.score(batch, Set.of()).logProbs();
      for (int parts : new int[] {1, 2, 3, 7, 100}) {
        assertScore(whole, session, batch, BatchParts.of(batch, parts, 0.3));
      }
      for (int tokens : new int[] {1, 10, 30, Integer.MAX_VALUE}) {
        assertScore(whole, session, batch, BatchParts.alike(batch, tokens));
      }
    }
  }

  private static void assertScore(
      double[] whole, ScoringSession session, Batch batch, List<Part> parts) {
    double[] together = new double[whole.length];
    Arrays.fill(together, Double.NaN);
    PartScores scores = new PartScores(batch, parts, Set.of());
    for (int p = 0; p < parts.size(); p++) {
      Part part = parts.get(p);
      TokenScores ofPart = session.score(part.batch(), Set.of());
      scores.put(p, ofPart);
      part.into(together, ofPart.logProbs());
      assertArrayEquals(ofPart.logProbs(), part.of(together));
    }
    assertArrayEquals(whole, together, 1e-12, parts.size() + " parts");
    assertArrayEquals(together, scores.whole().logProbs());
  }

  @Test
  void rowsOfOneLengthComeTogether() {
    TestExamples make = new TestExamples(2, 1000);
    List<TokenizedExample> pairs = new ArrayList<>();
    for (int prompt : new int[] {10, 40, 20, 30, 41, 11}) pairs.add(make.example(prompt, 5, 3));
    // Tokens that are laid down: the prompt, 4 and 2; two long ones are 93, with another one 119.
    List<Part> parts = BatchParts.alike(model.batch(pairs), 100);
    assertEquals(
        List.of(List.of(1, 4), List.of(0, 2, 3, 5)),
        parts.stream().map(p -> p.batch().places()).toList());
    assertEquals(6, BatchParts.alike(model.batch(pairs), 1).size());
  }

  @Test
  void nothingIsOnePart() {
    assertEquals(1, BatchParts.alike(model.batch(List.of()), 1).size());
    assertEquals(1, BatchParts.of(model.batch(List.of()), 3, 0).size());
  }

  @Test
  void aTreeStaysWholeAndPlacesGoWithTheirExamples() {
    List<TokenizedExample> examples = examples();
    Batch batch = model.batch(examples, new ArrayList<>(range(100, examples.size())));
    List<Integer> places = new ArrayList<>();
    int tokens = 0;
    for (Part part : BatchParts.of(batch, 3, 0)) {
      tokens += part.batch().layout().length(Axis.TOKENS);
      places.addAll(part.batch().places());
    }
    assertEquals(batch.layout().length(Axis.TOKENS), tokens);
    assertEquals(Set.copyOf(batch.places()), Set.copyOf(places));
  }

  @Test
  void partsCostAboutTheSame() {
    TestExamples examples = new TestExamples(1, 1000);
    List<TokenizedExample> pairs = new ArrayList<>();
    for (int i = 0; i < 12; i++) pairs.add(examples.example(20 + 7 * i, 30, 5 * i + 1));
    List<Part> parts = BatchParts.of(model.batch(pairs), 3, 0);
    int[] tokens = parts.stream().mapToInt(p -> p.batch().layout().length(Axis.TOKENS)).toArray();
    int mean = Arrays.stream(tokens).sum() / 3;
    for (int t : tokens) assertEquals(mean, t, 0.05 * mean);
  }

  private static List<Integer> range(int from, int count) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) numbers.add(from + i);
    return numbers;
  }
}
