package org.dpo4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dpo4j.layout.Batch;
import org.dpo4j.preference.Judgement;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.PlainTensorOps;
import org.dpo4j.testkit.RecordedExamples;
import org.dpo4j.testkit.RecordedModel;
import org.dpo4j.testkit.TestModels;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every kind of Llama against transformers, which computed in double precision. */
class RecordedModelsTest {
  // transformers' rotary tables are float32: 1.3e-5 in a log-prob
  private static final double TOLERANCE = 2e-5;

  @ParameterizedTest
  @FieldSource("org.dpo4j.testkit.RecordedModel#NAMES")
  void logProbsAndLogitsAreTransformers(String name, @TempDir Path directory) {
    check(RecordedModel.of(name, directory));
  }

  @ParameterizedTest
  @FieldSource("org.dpo4j.testkit.RecordedModel#SHARED_NAMES")
  void logProbsAndLogitsOfLargerModelsAreTransformers(String name) {
    check(RecordedModel.shared(name));
  }

  private static void check(RecordedModel recorded) {
    CausalTransformer model = recorded.open().transformer();
    Map<Parameter, double[]> weights = TestModels.numbers(model, recorded.open().weights());
    RecordedExamples expected = recorded.expected();
    double[] logProbs = logProbs(model, weights, expected.examples());
    assertEquals(expected.tokenLogProbs().length, logProbs.length);
    for (int i = 0; i < logProbs.length; i++) {
      assertEquals(expected.tokenLogProbs()[i], logProbs[i], TOLERANCE, "prediction " + i);
    }
    for (int e = 0; e < expected.examples().size(); e++) {
      // one more token turns the others where a rotation depends on the sequence's length
      if (!model.mayShare(expected.examples().get(e).completions().get(0).length() + 1)) continue;
      double[] logits = expected.lastLogits().get(e);
      double[] next = nextLogProbs(model, weights, expected.examples().get(e), logits.length);
      // log-probs differ from logits by one number for all
      for (int id = 1; id < logits.length; id++) {
        assertEquals(
            logits[id] - logits[0], next[id] - next[0], 2 * TOLERANCE, "logit " + id + " of " + e);
      }
    }
  }

  /** The log-prob of each of the first ids after the first completion of an example. */
  private static double[] nextLogProbs(
      CausalTransformer model,
      Map<Parameter, double[]> weights,
      TokenizedExample example,
      int ids) {
    TokenizedCompletion first = example.completions().get(0);
    double[] next = new double[ids];
    for (int id = 0; id < ids; id++) {
      TokenizedCompletion longer =
          new TokenizedCompletion(first.prompt(), first.ids().plus(TokenIds.of(id)));
      double[] logProbs =
          logProbs(
              model,
              weights,
              List.of(new TokenizedExample(0, List.of(longer), Judgement.NONE, Map.of())));
      next[id] = logProbs[logProbs.length - 1];
    }
    return next;
  }

  private static double[] logProbs(
      CausalTransformer model, Map<Parameter, double[]> weights, List<TokenizedExample> examples) {
    Batch batch = model.batch(new ArrayList<>(examples));
    PlainTensorOps ops = new PlainTensorOps(batch, weights::get);
    return ops.values(model.tokenLogProbs(ops, Set.of()).logProbs());
  }
}
