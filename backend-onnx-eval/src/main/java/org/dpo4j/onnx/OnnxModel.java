package org.dpo4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.TokenLogProbs;

/** A graph with its weights, loaded by the runtime. */
final class OnnxModel implements AutoCloseable {
  private static final String LOG_PROBS = "logProbs";
  private static final String DENORMAL_AS_ZERO = "session.set_denormal_as_zero";

  private final OrtEnvironment environment;
  private final OnnxTensorOps trace;
  private final Initializers initializers;
  private final Set<HeadStatistic> statistics;
  private final OrtSession session;

  private OnnxModel(
      OrtEnvironment environment,
      OnnxTensorOps trace,
      Initializers initializers,
      Set<HeadStatistic> statistics,
      OrtSession session) {
    this.environment = environment;
    this.trace = trace;
    this.initializers = initializers;
    this.statistics = statistics;
    this.session = session;
  }

  static OnnxModel open(
      CausalTransformer model,
      WeightSource weights,
      SessionOptions options,
      Set<HeadStatistic> statistics) {
    return open(new GraphBuilder(), model, weights, options, statistics);
  }

  /** The same, written into a graph that is still empty. */
  static OnnxModel open(
      GraphBuilder graph,
      CausalTransformer model,
      WeightSource weights,
      SessionOptions options,
      Set<HeadStatistic> statistics) {
    OrtEnvironment environment = OnnxRuntime.environment();
    Initializers initializers = new Initializers(environment, weights);
    try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
      initializers.checkUnchanged();
      OnnxTensorOps trace = new OnnxTensorOps(graph, initializers, options.fastPaths());
      TokenLogProbs result = model.tokenLogProbs(trace, statistics);
      String axis = Axis.PREDICTIONS.name();
      graph.output(trace.name(result.logProbs()), LOG_PROBS, GraphBuilder.FLOAT, axis);
      result
          .statistics()
          .forEach((s, x) -> graph.output(trace.name(x), s.name(), GraphBuilder.FLOAT, axis));
      settings.setIntraOpNumThreads(options.threads());
      settings.setInterOpNumThreads(1);
      // Batches rarely have a shape twice: a plan for each would only be kept.
      settings.setMemoryPatternOptimization(false);
      if (options.fastPaths()) settings.addConfigEntry(DENORMAL_AS_ZERO, "1");
      initializers.configure(settings);
      OrtSession session =
          OnnxThread.call(() -> environment.createSession(graph.toBytes(), settings));
      return new OnnxModel(environment, trace, initializers, statistics, session);
    } catch (OrtException | RuntimeException e) {
      initializers.close();
      throw e instanceof OrtException o
          ? OnnxRuntime.refused(o, environment, graph.opset())
          : (RuntimeException) e;
    }
  }

  TokenScores score(Batch batch) {
    int predictions = batch.layout().length(Axis.PREDICTIONS);
    Map<HeadStatistic, double[]> told = new EnumMap<>(HeadStatistic.class);
    if (predictions == 0) {
      for (HeadStatistic s : statistics) told.put(s, new double[0]);
      return new TokenScores(new double[0], told);
    }
    initializers.checkUnchanged();
    try (BatchInputs inputs = new BatchInputs(environment, trace, batch);
        OrtSession.Result result = OnnxThread.callIfFree(() -> session.run(inputs.tensors()))) {
      initializers.checkUnchanged();
      for (HeadStatistic s : statistics) told.put(s, numbers(result, s.name()));
      return new TokenScores(numbers(result, LOG_PROBS), told);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime failed on a batch: " + e.getMessage(), e);
    }
  }

  /** The numbers of a result. */
  static double[] numbers(OrtSession.Result result, String name) {
    OnnxTensor tensor = (OnnxTensor) result.get(name).orElseThrow();
    FloatBuffer floats = tensor.getFloatBuffer();
    double[] numbers = new double[floats.remaining()];
    for (int i = 0; i < numbers.length; i++) numbers[i] = floats.get(i);
    return numbers;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime did not let a session go", e);
    } finally {
      initializers.close();
    }
  }
}
