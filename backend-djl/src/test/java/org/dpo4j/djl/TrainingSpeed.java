package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.dpo4j.backend.BatchPlanner;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.MachineMemory;
import org.dpo4j.backend.MemoryPlan;
import org.dpo4j.backend.MemoryPlan.Recomputation;
import org.dpo4j.backend.MicroBatches;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Axis;
import org.dpo4j.loss.BatchCounts;
import org.dpo4j.loss.Objective;
import org.dpo4j.loss.SigmoidLoss;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.testkit.MeasuredPairs;
import org.dpo4j.tokenization.TokenizedExample;

/**
 * Measures DPO of a model on the first rows of a preference file: pairs per second and useful FLOPs
 * as a share of a 2048^3 matrix product of the same run.
 *
 * <p>Arguments: model directory, preference file, then key=value of pairs (16), step (pairs of an
 * optimizer step, 8), micro (pairs of a micro-batch; as a run plans them), threads (1), chunk
 * (predictions of a head chunk), profile (a file for PyTorch's profile). With one thread it counts
 * this thread's CPU time, so other work on the machine matters little; with more it counts the wall
 * clock.
 */
final class TrainingSpeed {
  private static final int MATRIX = 2048;

  private final int threads;
  private final Map<String, Double> seconds = new TreeMap<>();

  private TrainingSpeed(int threads) {
    this.threads = threads;
  }

  public static void main(String[] arguments) {
    Map<String, String> options = new TreeMap<>();
    Arrays.stream(arguments)
        .skip(2)
        .map(a -> a.split("=", 2))
        .forEach(a -> options.put(a[0], a[1]));
    int threads = Integer.parseInt(options.getOrDefault("threads", "1"));
    new TrainingSpeed(threads).run(Path.of(arguments[0]), Path.of(arguments[1]), options);
  }

  private void run(Path modelDirectory, Path data, Map<String, String> options) {
    PretrainedModel model = PretrainedModel.open(modelDirectory);
    CausalTransformer transformer = model.transformer();
    List<TokenizedExample> pairs =
        MeasuredPairs.first(
            modelDirectory, data, Integer.parseInt(options.getOrDefault("pairs", "16")));
    int step = Integer.parseInt(options.getOrDefault("step", "8"));
    boolean recompute = Boolean.parseBoolean(options.get("recompute"));
    String micro = options.get("micro");
    Recomputation recomputation = recompute ? Recomputation.ALWAYS : Recomputation.NEVER;
    int chunk =
        Integer.parseInt(
            options.getOrDefault("chunk", String.valueOf(DjlScoringSession.HEAD_CHUNK)));
    try (DjlTrainingSession session =
        new DjlTrainingSession(
            transformer,
            model.weights(),
            SessionOptions.defaults()
                .withThreads(threads)
                .withActivationBytes(recompute ? 0 : Long.MAX_VALUE),
            OptimizerOptions.defaults(),
            DataType.FLOAT32,
            chunk)) {
      print(
          "%d pairs, %d tokens a pair with the prompt once, %s%n",
          pairs.size(), BatchPlanner.tokens(pairs) / pairs.size(), options);
      long loaded = megabytes(MachineMemory.resident());
      double peak = peak();
      double flops = MeasuredPairs.flops(transformer, pairs);
      Objective objective = Objective.of(new SigmoidLoss(0.1));
      MicroBatches plan =
          micro != null
              ? MicroBatches.ofSize(Integer.parseInt(micro))
              : new MemoryPlan(
                  new DjlMemory(
                      transformer,
                      SessionOptions.defaults().withThreads(threads),
                      DataType.FLOAT32,
                      chunk),
                  Long.MAX_VALUE,
                  0,
                  recomputation,
                  threads);
      List<List<List<TokenizedExample>>> steps =
          BatchPlanner.bySize(pairs, step).stream().map(batch -> cut(plan, batch)).toList();
      List<List<TokenizedExample>> parts = steps.stream().flatMap(List::stream).toList();
      print(
          "%d micro-batches; balance of threads %.3f%n",
          parts.size(), balance(session, transformer, parts));
      List<double[]> reference = new ArrayList<>();
      for (List<TokenizedExample> part : parts) {
        reference.add(
            timed("score", () -> session.score(transformer.batch(part), Set.of())).logProbs());
      }
      double scoring = seconds.get("score");
      print("score: %.3f pairs/s, %.2f of peak%n", pairs.size() / scoring, flops / scoring / peak);
      List<Double> losses = new ArrayList<>();
      String profile = options.get("profile");
      if (profile != null) JniUtils.startProfile(false, false, false);
      int part = 0;
      long waited = session.crew.waited();
      for (List<List<TokenizedExample>> batch : steps) {
        BatchCounts counts = objective.count(batch.stream().flatMap(List::stream).toList());
        double loss = 0;
        for (List<TokenizedExample> examples : batch) {
          loss +=
              accumulate(session, transformer, objective, counts, examples, reference.get(part++));
        }
        losses.add(loss);
        timed("apply", () -> session.apply(1e-6));
      }
      if (profile != null) JniUtils.stopProfile(profile);
      double training =
          seconds.entrySet().stream()
              .filter(e -> !e.getKey().equals("score"))
              .mapToDouble(Map.Entry::getValue)
              .sum();
      print(
          "train: %.3f pairs/s, %.2f of peak; peak %.0f GFLOP/s before, %.0f after%n",
          pairs.size() / training, 3 * flops / training / peak, peak / 1e9, peak() / 1e9);
      print(
          "threads waited for each other %.1f%% of the time%n",
          (session.crew.waited() - waited) / 1e7 / threads / training);
      print(
          "losses %s%nseconds %s%nresident %d MB loaded, %d MB at most%n",
          losses, seconds, loaded, megabytes(MachineMemory.peakResident()));
    }
  }

  private static List<List<TokenizedExample>> cut(MicroBatches plan, List<TokenizedExample> batch) {
    return plan.of(batch).stream().map(p -> p.stream().map(batch::get).toList()).toList();
  }

  /** Tokens of all threads' parts, as a share of what the longest parts leave room for. */
  private double balance(
      DjlTrainingSession session, CausalTransformer model, List<List<TokenizedExample>> parts) {
    double all = 0;
    double room = 0;
    for (List<TokenizedExample> part : parts) {
      int[] tokens =
          session.parts(model.batch(part)).stream()
              .mapToInt(p -> p.batch().layout().length(Axis.TOKENS))
              .toArray();
      all += Arrays.stream(tokens).sum();
      room += tokens.length == 1 ? tokens[0] : threads * Arrays.stream(tokens).max().orElseThrow();
    }
    return all / room;
  }

  private double accumulate(
      DjlTrainingSession session,
      CausalTransformer model,
      Objective objective,
      BatchCounts counts,
      List<TokenizedExample> examples,
      double[] reference) {
    try (ForwardPass pass =
        timed("forward", () -> session.forward(model.batch(examples), Set.of()))) {
      var evaluation =
          timed(
              "loss",
              () ->
                  objective.evaluate(
                      examples, pass.scores(), reference, counts, objective.initialStates()));
      timed(
          "backward",
          () -> {
            pass.backward(evaluation.gradient());
            return 0;
          });
      return evaluation.value();
    }
  }

  private double peak() {
    try (PtNDManager scope = PyTorchEngine.newScope();
        Kernels kernels = new Kernels()) {
      return PyTorchThread.call(
          false,
          threads,
          () -> {
            PtNDArray a = NativeArrays.zeros(scope, DataType.FLOAT32, MATRIX, MATRIX);
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i < 10; i++) {
              long before = clock();
              kernels.tensor(scope, "linear", a, a, null).close();
              best = Math.min(best, (clock() - before) / 1e9);
            }
            return 2 * Math.pow(MATRIX, 3) / best;
          });
    }
  }

  private long clock() {
    return threads == 1
        ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  private <T> T timed(String what, Supplier<T> work) {
    long before = clock();
    T result = work.get();
    seconds.merge(what, (clock() - before) / 1e9, Double::sum);
    return result;
  }

  /** -1 where the system doesn't tell. */
  private static long megabytes(OptionalLong bytes) {
    return bytes.isPresent() ? bytes.getAsLong() >> 20 : -1;
  }

  private static void print(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format, arguments);
  }
}
