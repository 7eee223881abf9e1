package org.dpo4j.cli.engines;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dpo4j.backend.Backends;
import org.dpo4j.backend.BatchPlanner;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.MachineMemory;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.PreferenceRow;
import org.dpo4j.tokenization.ExampleTokenizer;
import org.dpo4j.tokenization.TokenizedExample;

/**
 * Measures engines beside each other on the first rows of a preference file: pairs per second,
 * scored and trained on, by the wall clock, and what the process holds in memory.
 *
 * <p>Arguments: model directory, preference file, then key=value of engines (djl,onnx), pairs (16),
 * rounds (3; the engines take turns, the best counts), tokens of a scored batch (2048), train
 * (false; else micro-batches of one pair, a step every 8), statistics (false), threads. Ask for one
 * engine to know its memory.
 */
final class EngineSpeed {
  private final PretrainedModel model;
  private final List<TokenizedExample> pairs;
  private final int tokens;
  private final SessionOptions options;
  private final Set<HeadStatistic> wanted;

  private EngineSpeed(Path directory, Path data, Map<String, String> asked) {
    model = PretrainedModel.open(directory);
    pairs = pairs(directory, data, Integer.parseInt(asked.getOrDefault("pairs", "16")));
    tokens = Integer.parseInt(asked.getOrDefault("tokens", "2048"));
    SessionOptions defaults = SessionOptions.defaults();
    options =
        asked.containsKey("threads")
            ? defaults.withThreads(Integer.parseInt(asked.get("threads")))
            : defaults;
    wanted =
        Boolean.parseBoolean(asked.get("statistics")) ? Set.of(HeadStatistic.values()) : Set.of();
  }

  public static void main(String[] arguments) throws IOException {
    Map<String, String> asked = new TreeMap<>();
    Arrays.stream(arguments).skip(2).map(a -> a.split("=", 2)).forEach(a -> asked.put(a[0], a[1]));
    EngineSpeed speed = new EngineSpeed(Path.of(arguments[0]), Path.of(arguments[1]), asked);
    boolean train = Boolean.parseBoolean(asked.get("train"));
    Map<String, ScoringSession> sessions = new LinkedHashMap<>();
    for (String engine : asked.getOrDefault("engines", "djl,onnx").split(",", -1)) {
      long before = System.nanoTime();
      sessions.put(engine, speed.open(engine, train));
      print(
          "%s opened in %.1f s, %d MB%n",
          engine, seconds(before), megabytes(MachineMemory.resident()));
    }
    Map<String, Double> best = new LinkedHashMap<>();
    for (int round = 0; round < Integer.parseInt(asked.getOrDefault("rounds", "3")); round++) {
      for (Map.Entry<String, ScoringSession> e : sessions.entrySet()) {
        long before = System.nanoTime();
        if (e.getValue() instanceof TrainingSession session) speed.train(session);
        else speed.score(e.getValue());
        best.merge(e.getKey(), seconds(before), Math::min);
      }
    }
    best.forEach((e, s) -> print("%s %.3f pairs/s%n", e, speed.pairs.size() / s));
    print(
        "%d tokens a pair with the prompt once; resident %d MB, at most %d MB%n",
        BatchPlanner.tokens(speed.pairs) / speed.pairs.size(),
        megabytes(MachineMemory.resident()),
        megabytes(MachineMemory.peakResident()));
    sessions.values().forEach(ScoringSession::close);
  }

  /** -1 where the system doesn't tell. */
  private static long megabytes(OptionalLong bytes) {
    return bytes.isPresent() ? bytes.getAsLong() / 1_000_000 : -1;
  }

  private static List<TokenizedExample> pairs(Path directory, Path data, int count) {
    try (ExampleTokenizer tokenizer = ExampleTokenizer.open(directory, null, OptionalInt.empty());
        Stream<PreferenceRow> rows = PreferenceDataset.open(data).rows()) {
      return rows.map(row -> tokenizer.tokenize((PreferenceExample) row))
          .filter(row -> row instanceof TokenizedExample e && e.longest() <= 1024)
          .map(TokenizedExample.class::cast)
          .limit(count)
          .toList();
    }
  }

  private ScoringSession open(String engine, boolean train) {
    CausalTransformer transformer = model.transformer();
    return train
        ? Backends.training(engine)
            .openTraining(transformer, model.weights(), options, OptimizerOptions.defaults())
        : Backends.scoring(engine).openScoring(transformer, model.weights(), options);
  }

  private void score(ScoringSession session) {
    for (List<TokenizedExample> part : BatchPlanner.byTokens(pairs, tokens)) {
      session.score(model.transformer().batch(part), wanted);
    }
  }

  /** The gradient is one of every log-prob: what it is makes no difference to the clock. */
  private void train(TrainingSession session) {
    List<TokenizedExample> step = new ArrayList<>();
    for (TokenizedExample pair : pairs) {
      Batch batch = model.transformer().batch(List.of(pair));
      double[] gradient = new double[batch.layout().length(Axis.PREDICTIONS)];
      Arrays.fill(gradient, 1e-3);
      try (ForwardPass pass = session.forward(batch, wanted)) {
        pass.backward(gradient);
      }
      step.add(pair);
      if (step.size() % 8 == 0) session.apply(1e-6);
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static void print(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format, arguments);
  }
}
