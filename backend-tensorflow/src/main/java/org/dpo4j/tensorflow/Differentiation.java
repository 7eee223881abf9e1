package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensorflow.TensorFlowOps.Read;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Gradients by the engine's own rules, of the reads of a trace and of its input. */
final class Differentiation {
  private Differentiation() {}

  /** Of the reads of a trace, and of its input where it has one. */
  record Gradients(
      List<Read> reads, List<Operand<TFloat32>> ofReads, @Nullable Operand<TFloat32> input) {
    Operand<TFloat32> ofInput() {
      if (input == null) throw new IllegalStateException("no input");
      return input;
    }

    /** Adds to sums by weight, in the order of reads: the same bits each time. */
    Map<Parameter, Operand<TFloat32>> addedTo(Ops at, Map<Parameter, Operand<TFloat32>> before) {
      Map<Parameter, Operand<TFloat32>> sums = new LinkedHashMap<>(before);
      for (int i = 0; i < reads.size(); i++) {
        sums.merge(reads.get(i).parameter(), ofReads.get(i), at.math::add);
      }
      return sums;
    }
  }

  /**
   * Adds the operations that differentiate.
   *
   * @param name of their scope in the graph
   * @param upstream the gradient of y
   * @param input whose gradient is asked for too
   */
  static Gradients of(
      Graph graph,
      String name,
      Operand<TFloat32> y,
      Operand<TFloat32> upstream,
      List<Read> reads,
      @Nullable Operand<TFloat32> input) {
    List<Output<?>> of = new ArrayList<>();
    for (Read read : reads) of.add(read.value().asOutput());
    if (input != null) of.add(input.asOutput());
    Output<?>[] all =
        graph.addGradients(
            name,
            new Output<?>[] {y.asOutput()},
            of.toArray(new Output<?>[0]),
            new Output<?>[] {upstream.asOutput()});
    List<Operand<TFloat32>> floats = new ArrayList<>();
    for (Output<?> output : all) floats.add(output.expect(TFloat32.class));
    int count = reads.size();
    return new Gradients(reads, floats.subList(0, count), input == null ? null : floats.get(count));
  }
}
