package org.dpo4j.tensorflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.dpo4j.backend.BatchPlanner;
import org.dpo4j.backend.BatchShape;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.MachineMemory;
import org.dpo4j.backend.MemoryPlan;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.loss.BatchCounts;
import org.dpo4j.loss.Objective;
import org.dpo4j.loss.SigmoidLoss;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.testkit.MeasuredPairs;
import org.dpo4j.tokenization.TokenizedExample;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;

/**
 * Measures DPO of a model on the first rows of a preference file: pairs per second, and where asked
 * for, what each type of operation cost.
 *
 * <p>Arguments: model directory, preference file, then key=value of pairs (24), step (pairs of an
 * optimizer step, 8), skip (optimizer steps that aren't counted, 1), threads (2), budget (gigabytes
 * of memory, 12), recompute (false), profile (true: the last step is traced, and not counted; with
 * one thread, for the engine traces one run at a time).
 */
final class TrainingSpeed {
  private final Map<String, Double> seconds = new TreeMap<>();
  private double counting;
  private double start;

  /** Seconds of the processors in the system: faults of pages above all. NaN where unknown. */
  private static double system() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      return Double.parseDouble(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[12]) / 100;
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private TrainingSpeed() {}

  public static void main(String[] arguments) {
    Map<String, String> options = new TreeMap<>();
    Arrays.stream(arguments)
        .skip(2)
        .map(a -> a.split("=", 2))
        .forEach(a -> options.put(a[0], a[1]));
    new TrainingSpeed().run(Path.of(arguments[0]), Path.of(arguments[1]), options);
  }

  private void run(Path modelDirectory, Path data, Map<String, String> options) {
    PretrainedModel model = PretrainedModel.open(modelDirectory);
    CausalTransformer transformer = model.transformer();
    List<TokenizedExample> pairs =
        MeasuredPairs.first(
            modelDirectory, data, Integer.parseInt(options.getOrDefault("pairs", "24")));
    int step = Integer.parseInt(options.getOrDefault("step", "8"));
    int skip = Integer.parseInt(options.getOrDefault("skip", "1"));
    boolean profile = Boolean.parseBoolean(options.get("profile"));
    int threads = Integer.parseInt(options.getOrDefault("threads", profile ? "1" : "2"));
    long budget = (long) (1e9 * Double.parseDouble(options.getOrDefault("budget", "12")));
    boolean recompute = Boolean.parseBoolean(options.get("recompute"));
    SessionOptions session = SessionOptions.defaults().withThreads(threads);
    MemoryPlan plan =
        new MemoryPlan(
            new TensorFlowBackend().memory(transformer, session),
            budget,
            512L << 20,
            recompute ? MemoryPlan.Recomputation.ALWAYS : MemoryPlan.Recomputation.WHERE_NEEDED,
            threads);
    session = session.withActivationBytes(plan.activationBytes());
    TensorFlowRuntime.load();
    Breakdown breakdown = new Breakdown();
    try (TensorFlowTrainingSession training =
        new TensorFlowTrainingSession(
            transformer, model.weights(), session, OptimizerOptions.defaults())) {
      Objective objective = Objective.of(new SigmoidLoss(0.1));
      List<Double> losses = new ArrayList<>();
      int counted = 0;
      double flops = 0;
      long estimate = 0;
      List<List<TokenizedExample>> steps = BatchPlanner.bySize(pairs, step);
      for (int s = 0; s < steps.size(); s++) {
        if (s == skip) seconds.clear();
        if (s == skip) start = system();
        boolean traced = profile && s == steps.size() - 1;
        if (traced) print();
        if (traced) training.trace(breakdown::add);
        List<TokenizedExample> batch = steps.get(s);
        BatchCounts counts = objective.count(batch);
        double loss = 0;
        long before = System.nanoTime();
        for (List<Integer> places : plan.of(batch)) {
          List<TokenizedExample> examples = places.stream().map(batch::get).toList();
          estimate = Math.max(estimate, plan.estimate(BatchShape.of(examples)));
          double[] reference = reference(examples);
          try (ForwardPass pass =
              timed("forward", () -> training.forward(transformer.batch(examples), Set.of()))) {
            var evaluation =
                objective.evaluate(
                    examples, pass.scores(), reference, counts, objective.initialStates());
            timed(
                "backward",
                () -> {
                  pass.backward(evaluation.gradient());
                  return 0;
                });
            loss += evaluation.value();
          }
        }
        timed("apply", () -> training.apply(1e-6));
        if (s >= skip && !traced) {
          counted += batch.size();
          flops += 3 * MeasuredPairs.flops(transformer, batch);
        }
        if (s >= skip && !traced) {
          seconds.merge("all", (System.nanoTime() - before) / 1e9, Double::sum);
        }
        losses.add(loss);
      }
      if (!profile) print();
      say("losses %s%n", losses);
      say(
          "%.3f pairs/s, %.0f useful GFLOP/s; %d MB at most, %d MB planned%n",
          counted / counting,
          flops / counting / 1e9,
          MachineMemory.peakResident().orElse(0) >> 20,
          estimate >> 20);
    }
    if (profile) breakdown.print();
  }

  private void print() {
    counting = seconds.getOrDefault("all", Double.NaN);
    say("seconds %s, %.2f of the system's%n", seconds, system() - start);
  }

  /** Any numbers do: time does not depend on them. */
  private static double[] reference(List<TokenizedExample> examples) {
    double[] some = new double[examples.stream().mapToInt(TokenizedExample::predictions).sum()];
    Arrays.fill(some, -2);
    return some;
  }

  private <T> T timed(String what, Supplier<T> work) {
    long before = System.nanoTime();
    T result = work.get();
    seconds.merge(what, (System.nanoTime() - before) / 1e9, Double::sum);
    return result;
  }

  private static void say(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format, arguments);
  }

  /** Microseconds by type of operation, and by kind. */
  private static final class Breakdown {
    private static final Map<String, Set<String>> KINDS = new LinkedHashMap<>();

    static {
      KINDS.put("matrix products", Set.of("MatMul"));
      KINDS.put(
          "attention's products and softmax", Set.of("BatchMatMulV2", "BatchMatMulV3", "Softmax"));
      KINDS.put(
          "norms, rotary, activations: element by element",
          Set.of(
              "Mul",
              "Add",
              "AddV2",
              "AddN",
              "Sub",
              "Neg",
              "Div",
              "Square",
              "Mean",
              "Sum",
              "Rsqrt",
              "RsqrtGrad",
              "Sigmoid",
              "SigmoidGrad"));
      KINDS.put(
          "moves: transposed, gathered, cut, put together",
          Set.of(
              "Transpose",
              "GatherV2",
              "UnsortedSegmentSum",
              "Slice",
              "Pad",
              "ConcatV2",
              "Split",
              "Tile",
              "Reshape"));
      KINDS.put(
          "optimizer, norm and sum of the gradient, zeros",
          Set.of("ResourceApplyAdam", "L2Loss", "Fill", "AssignAddVariableOp"));
      KINDS.put("cross entropy of the head", Set.of("SparseSoftmaxCrossEntropyWithLogits"));
    }

    private final Map<String, Long> micros = new HashMap<>();
    private final Map<String, Integer> calls = new HashMap<>();

    void add(RunMetadata metadata) {
      for (DeviceStepStats device : metadata.getStepStats().getDevStatsList()) {
        for (NodeExecStats node : device.getNodeStatsList()) {
          String label = node.getTimelineLabel();
          String type = label.replaceAll(".* = (_Mkl(Native)?)?", "").replaceAll("\\(.*", "");
          long own = node.getOpEndRelMicros() - node.getOpStartRelMicros();
          micros.merge(type, own, Long::sum);
          calls.merge(type, 1, Integer::sum);
        }
      }
    }

    /** Shares of the time in operations; what is between them takes longer where it is traced. */
    void print() {
      double seconds = micros.values().stream().mapToLong(Long::longValue).sum() / 1e6;
      double rest = 100;
      for (Map.Entry<String, Set<String>> kind : KINDS.entrySet()) {
        double share =
            kind.getValue().stream().mapToLong(t -> micros.getOrDefault(t, 0L)).sum()
                / seconds
                / 1e4;
        rest -= share;
        say("%5.1f%% %s%n", share, kind.getKey());
      }
      say("%5.1f%% all other operations%n%n", rest);
      micros.entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
          .limit(25)
          .forEach(
              e ->
                  say(
                      "%5.1f%% %6d %s%n",
                      e.getValue() / seconds / 1e4, calls.getOrDefault(e.getKey(), 0), e.getKey()));
    }
  }
}
