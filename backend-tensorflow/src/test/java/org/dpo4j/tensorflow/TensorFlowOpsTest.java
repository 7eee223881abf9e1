package org.dpo4j.tensorflow;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.testkit.TensorOpsContract;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class TensorFlowOpsTest extends TensorOpsContract {
  @Override
  protected String engine() {
    return "tensorflow";
  }

  @Override
  protected double tolerance() {
    return 2e-5; // float32
  }

  @Override
  protected Outcome run(Trial trial) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      GraphInputs inputs = new GraphInputs(tf);
      Variables weights = new Variables(tf, "weight");
      TensorFlowOps ops = new TensorFlowOps(tf, inputs, weights);
      List<Placeholder<TFloat32>> outside = new ArrayList<>();
      List<Tensor> traced = new ArrayList<>();
      for (Input in : trial.inputs()) {
        Placeholder<TFloat32> p =
            tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, in.columns())));
        outside.add(p);
        traced.add(ops.input(p, in.axis(), in.columns()));
      }
      List<Operand<TFloat32>> outputs = new ArrayList<>();
      for (Tensor t : trial.trace().apply(ops, traced)) outputs.add(ops.operand(t));
      Placeholder<TFloat32> upstream = tf.placeholder(TFloat32.class);
      List<Output<?>> sources = new ArrayList<>();
      outside.forEach(p -> sources.add(p.asOutput()));
      ops.reads().forEach(r -> sources.add(r.value().asOutput()));
      Output<?>[] gradients =
          sources.isEmpty()
              ? new Output<?>[0]
              : graph.addGradients(
                  "back",
                  new Output<?>[] {outputs.get(0).asOutput()},
                  sources.toArray(new Output<?>[0]),
                  new Output<?>[] {upstream.asOutput()});
      try (Session session = new Session(graph, false)) {
        WeightSource source = (p, blocks) -> blocks.accept(0, floats(trial.weights().get(p)));
        trial.weights().keySet().forEach(p -> weights.write(session, p, source));
        try (Run run = new Run(session)) {
          inputs.feed(run, trial.batch());
          for (int i = 0; i < outside.size(); i++) {
            Input in = trial.inputs().get(i);
            int rows = in.values().length / in.columns();
            run.feed(outside.get(i), Shape.of(rows, in.columns()), in.values());
          }
          outputs.forEach(run::fetch);
          try (Result shapes = shapes(session, inputs, trial, outside, outputs.get(0))) {
            run.feed(upstream, shapes.get(0).shape(), trial.upstream());
          }
          for (Output<?> g : gradients) run.fetch(g);
          try (Result result = run.run()) {
            return outcome(result, trial, ops, outputs.size(), outside.size());
          }
        }
      }
    }
  }

  /** The first output alone, for its rank. */
  private static Result shapes(
      Session session,
      GraphInputs inputs,
      Trial trial,
      List<Placeholder<TFloat32>> outside,
      Operand<TFloat32> first) {
    try (Run run = new Run(session)) {
      inputs.feed(run, trial.batch());
      for (int i = 0; i < outside.size(); i++) {
        Input in = trial.inputs().get(i);
        run.feed(
            outside.get(i), Shape.of(in.values().length / in.columns(), in.columns()), in.values());
      }
      return run.fetch(first).run();
    }
  }

  private static Outcome outcome(
      Result result, Trial trial, TensorFlowOps ops, int outputs, int inputs) {
    List<double[]> values = new ArrayList<>();
    for (int i = 0; i < outputs; i++) values.add(Run.numbers(result.get(i)));
    List<double[]> ofInputs = new ArrayList<>();
    for (int i = 0; i < inputs; i++) ofInputs.add(Run.numbers(result.get(outputs + i)));
    Map<Parameter, double[]> ofWeights = new HashMap<>();
    trial.weights().forEach((p, v) -> ofWeights.put(p, new double[v.length]));
    for (int i = 0; i < ops.reads().size(); i++) {
      double[] sum = ofWeights.get(ops.reads().get(i).parameter());
      double[] one = Run.numbers(result.get(outputs + inputs + i));
      for (int k = 0; k < sum.length; k++) sum[k] += one[k];
    }
    return new Outcome(values, ofInputs, ofWeights);
  }

  private static FloatBuffer floats(double[] values) {
    FloatBuffer buffer = FloatBuffer.allocate(values.length);
    for (double v : values) buffer.put((float) v);
    return buffer.flip();
  }
}
