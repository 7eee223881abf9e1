package org.dpo4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.TokenLogProbs;

/** A graph with its weights, loaded by the runtime. */
final class OnnxModel implements AutoCloseable {
  private static final String LOG_PROBS = "logProbs";

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
      OnnxTensorOps trace = new OnnxTensorOps(graph, initializers);
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
      initializers.configure(settings);
      OrtSession session = environment.createSession(graph.toBytes(), settings);
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
    Map<String, OnnxTensor> inputs = new HashMap<>();
    initializers.checkUnchanged();
    try {
      feed(environment, trace, batch, inputs);
      try (OrtSession.Result result = session.run(inputs)) {
        initializers.checkUnchanged();
        for (HeadStatistic s : statistics) told.put(s, numbers(result, s.name()));
        return new TokenScores(numbers(result, LOG_PROBS), told);
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime failed on a batch: " + e.getMessage(), e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  /** Makes the tensors that a trace reads of a batch; the caller closes them. */
  static void feed(
      OrtEnvironment environment, OnnxTensorOps trace, Batch batch, Map<String, OnnxTensor> inputs)
      throws OrtException {
    TokenLayout layout = batch.layout();
    for (Index i : trace.indexes()) {
      int[] values = layout.values(i);
      inputs.put(i.name(), ints(environment, values, values.length));
    }
    for (Column c : trace.columns()) {
      double[] values = batch.values(c);
      inputs.put(c.name(), floats(environment, values, values.length / c.width(), c.width()));
    }
    if (!trace.attends()) return;
    TokenLayout.CausalRows rows = layout.causalRows();
    int[] last = new int[rows.rows()];
    // A row without a token keeps its padding as one: nothing reads its result.
    for (int r = 0; r < last.length; r++) last[r] = Math.max(rows.rowLengths()[r] - 1, 0);
    inputs.put(
        OnnxTensorOps.TOKEN_OF_SLOT,
        ints(environment, rows.tokenOfSlot(), rows.rows(), rows.width()));
    inputs.put(
        OnnxTensorOps.SLOT_OF_TOKEN,
        ints(environment, rows.slotOfToken(), rows.slotOfToken().length));
    inputs.put(OnnxTensorOps.LAST_OF_ROW, ints(environment, last, last.length));
    inputs.put(OnnxTensorOps.WIDTH, ints(environment, new int[] {rows.width()}));
  }

  private static OnnxTensor ints(OrtEnvironment environment, int[] values, long... shape)
      throws OrtException {
    IntBuffer buffer = direct(values.length).asIntBuffer().put(values).flip();
    return OnnxTensor.createTensor(environment, buffer, shape);
  }

  private static OnnxTensor floats(OrtEnvironment environment, double[] values, long... shape)
      throws OrtException {
    FloatBuffer buffer = direct(values.length).asFloatBuffer();
    for (double v : values) buffer.put((float) v);
    return OnnxTensor.createTensor(environment, buffer.flip(), shape);
  }

  private static ByteBuffer direct(int numbers) {
    return ByteBuffer.allocateDirect(Integer.BYTES * numbers).order(ByteOrder.nativeOrder());
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
