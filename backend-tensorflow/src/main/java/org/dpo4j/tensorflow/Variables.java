package org.dpo4j.tensorflow;

import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;

/**
 * One number for each weight of a model, of one kind: the weights themselves, their gradients, ...
 */
final class Variables {
  private static final int BLOCK = 1 << 16;

  private final Ops tf;
  private final String kind;
  private final Map<Parameter, Variable> variables = new LinkedHashMap<>();
  private final Map<Parameter, Tensor> fetched = new LinkedHashMap<>();

  /**
   * A resource variable.
   *
   * @param value read once for whoever streams it out; traces make reads of their own
   */
  private record Variable(
      VarHandleOp handle, Placeholder<TFloat32> in, Op assign, Operand<TFloat32> value) {}

  Variables(Ops tf, String kind) {
    this.tf = tf;
    this.kind = kind;
  }

  private Variable variable(Parameter p) {
    return variables.computeIfAbsent(p, this::declared);
  }

  private Variable declared(Parameter p) {
    Shape shape = shape(p);
    VarHandleOp handle =
        tf.varHandleOp(TFloat32.class, shape, VarHandleOp.sharedName(kind + "/" + p.name()));
    Placeholder<TFloat32> in = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
    return new Variable(
        handle, in, tf.assignVariableOp(handle, in), tf.readVariableOp(handle, TFloat32.class));
  }

  static Shape shape(Parameter p) {
    return p.vector() ? Shape.of(p.columns()) : Shape.of(p.rows(), p.columns());
  }

  /** For operations that change it. */
  VarHandleOp handle(Parameter p) {
    return variable(p).handle;
  }

  /**
   * A read of its own, of a trace of its own: what reads a tied weight twice gets two gradients,
   * and each counts once.
   */
  Operand<TFloat32> read(Ops at, Parameter p) {
    return at.readVariableOp(variable(p).handle, TFloat32.class);
  }

  /** Sets it to zero. */
  Op assignZeros(Ops at, Parameter p) {
    return at.assignVariableOp(
        variable(p).handle, at.fill(tf.constant(shape(p).asArray()), tf.constant(0f)));
  }

  /**
   * Sets it to zero where it lies; it has to be finite. Memory given back and asked for again in
   * each step would get between that of activations, whose pieces then fit nowhere. Of the
   * operations that change a variable in place one can: a step of proximal gradient descent, with
   * an infinite L1 penalty.
   *
   * @param others finite numbers of the same shapes
   */
  Op clear(Ops at, Parameter p, Variables others) {
    Operand<TFloat32> one = tf.constant(1f);
    return at.train.resourceApplyProximalGradientDescent(
        variable(p).handle,
        one,
        tf.constant(Float.POSITIVE_INFINITY),
        tf.constant(0f),
        others.read(at, p));
  }

  /** Streams numbers in. */
  void write(Session session, Parameter p, WeightSource source) {
    Variable v = variable(p);
    // The variable takes the tensor's memory over: it is made anew for each, never used again.
    try (Run run = new Run(session)) {
      TFloat32 tensor = TFloat32.tensorOf(shape(p));
      run.feed(v.in, tensor);
      FloatDataBuffer data = tensor.asRawTensor().data().asFloats();
      source.read(p, (firstRow, values) -> fill(data, (long) firstRow * p.columns(), values));
      forget(); // what the source may have read here
      run.target(v.assign).run().close();
    }
  }

  private static void fill(FloatDataBuffer data, long from, FloatBuffer values) {
    float[] floats = new float[values.remaining()];
    values.get(floats);
    data.offset(from).write(floats);
  }

  /**
   * Streams numbers out. All variables are fetched at once, the first time: they are not copied,
   * and a run that does something for the first time goes through all of the graph.
   */
  void read(Session session, Parameter p, WeightSource.RowBlocks blocks) {
    if (fetched.isEmpty()) fetch(session);
    Tensor tensor = Objects.requireNonNull(fetched.get(p), p.name());
    FloatDataBuffer data = tensor.asRawTensor().data().asFloats();
    int rows = Math.max(1, Math.min(p.rows(), BLOCK / p.columns()));
    for (int row = 0; row < p.rows(); row += rows) {
      float[] floats = new float[Math.min(rows, p.rows() - row) * p.columns()];
      data.offset((long) row * p.columns()).read(floats);
      blocks.accept(row, FloatBuffer.wrap(floats));
    }
  }

  private void fetch(Session session) {
    try (Run run = new Run(session)) {
      variables.values().forEach(v -> run.fetch(v.value));
      Result result = run.run();
      int next = 0;
      for (Parameter p : variables.keySet()) fetched.put(p, result.get(next++));
    }
  }

  /** Lets go of what was fetched: it is about to change. */
  void forget() {
    fetched.values().forEach(Tensor::close);
    fetched.clear();
  }
}
