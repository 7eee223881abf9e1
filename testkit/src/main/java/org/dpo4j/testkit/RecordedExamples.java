package org.dpo4j.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.dpo4j.preference.Judgement;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;

/**
 * Prompts and completions with the log-probs that another implementation recorded: {@code examples:
 * [{prompt, completions, tokenLogProbs}]}, {@code lastLogits}.
 *
 * @param tokenLogProbs {@code [predictions]}, in a layout's order
 * @param lastLogits of each example, the first logits after the last token of its first completion
 */
@SuppressWarnings("ArrayRecordComponent") // numbers on their way; never compared
public record RecordedExamples(
    List<TokenizedExample> examples, double[] tokenLogProbs, List<double[]> lastLogits) {
  /** Reads an expected.json. */
  public static RecordedExamples read(Path file) throws IOException {
    JsonNode root = new ObjectMapper().readTree(file.toFile());
    List<TokenizedExample> examples = new ArrayList<>();
    List<Double> logProbs = new ArrayList<>();
    for (JsonNode example : root.get("examples")) {
      TokenIds prompt = ids(example.get("prompt"));
      List<TokenizedCompletion> completions = new ArrayList<>();
      for (JsonNode c : example.get("completions")) {
        completions.add(new TokenizedCompletion(prompt, ids(c)));
      }
      examples.add(new TokenizedExample(examples.size(), completions, Judgement.NONE, Map.of()));
      for (JsonNode c : example.get("tokenLogProbs")) {
        for (double logProb : numbers(c)) logProbs.add(logProb);
      }
    }
    List<double[]> lastLogits = new ArrayList<>();
    root.path("lastLogits").forEach(l -> lastLogits.add(numbers(l)));
    return new RecordedExamples(
        examples, logProbs.stream().mapToDouble(Double::doubleValue).toArray(), lastLogits);
  }

  private static double[] numbers(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }

  private static TokenIds ids(JsonNode list) {
    return TokenIds.of(
        StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::intValue).toArray());
  }
}
