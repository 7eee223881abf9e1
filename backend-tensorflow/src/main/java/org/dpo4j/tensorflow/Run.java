package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One run of a graph: what is fed, what is fetched. Every tensor that it makes is closed with it;
 * an unclosed one stays in native memory for good.
 */
final class Run implements AutoCloseable {
  private final Session.Runner runner;
  private final @Nullable Consumer<RunMetadata> trace;
  private final List<Tensor> fed = new ArrayList<>();

  Run(Session session) {
    this(session, null);
  }

  /**
   * @param trace takes what each operation cost; null: nobody asks
   */
  Run(Session session, @Nullable Consumer<RunMetadata> trace) {
    this.runner = session.runner();
    this.trace = trace;
  }

  /** Feeds a tensor that this run closes. */
  Run feed(Operand<?> placeholder, Tensor tensor) {
    fed.add(tensor);
    runner.feed(placeholder, tensor);
    return this;
  }

  /** Feeds a value of another run, which is closed with that one. */
  Run lend(Output<?> value, Tensor tensor) {
    runner.feed(value, tensor);
    return this;
  }

  Run feed(Operand<TInt32> placeholder, Shape shape, int[] values) {
    return feed(
        placeholder,
        Tensor.of(TInt32.class, shape, t -> t.asRawTensor().data().asInts().write(values)));
  }

  Run feed(Operand<TFloat32> placeholder, Shape shape, double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) floats[i] = (float) values[i];
    return feed(
        placeholder,
        Tensor.of(TFloat32.class, shape, t -> t.asRawTensor().data().asFloats().write(floats)));
  }

  Run feed(Operand<TFloat32> placeholder, double value) {
    return feed(placeholder, TFloat32.scalarOf((float) value));
  }

  Run fetch(Operand<?> value) {
    runner.fetch(value);
    return this;
  }

  Run target(Op operation) {
    runner.addTarget(operation);
    return this;
  }

  /** Runs; the caller closes what comes out. */
  Result run() {
    if (trace == null) return runner.run();
    Result result =
        runner
            .setOptions(
                RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build())
            .runAndFetchMetadata();
    result.getMetadata().ifPresent(trace);
    return result;
  }

  /** The numbers of a fetched value. */
  static double[] numbers(Tensor fetched) {
    float[] floats = new float[Math.toIntExact(fetched.size())];
    fetched.asRawTensor().data().asFloats().read(floats);
    double[] numbers = new double[floats.length];
    for (int i = 0; i < numbers.length; i++) numbers[i] = floats[i];
    return numbers;
  }

  @Override
  public void close() {
    fed.forEach(Tensor::close);
  }
}
