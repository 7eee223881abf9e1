package org.dpo4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dpo4j.model.WeightSource;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.testkit.TensorOpsContract;

class OnnxTensorOpsTest extends TensorOpsContract {
  @Override
  protected String engine() {
    return "onnx";
  }

  @Override
  protected double tolerance() {
    return 2e-5; // float32
  }

  @Override
  protected boolean differentiates() {
    return false;
  }

  @Override
  protected Outcome run(Trial trial) {
    WeightSource weights = (p, blocks) -> blocks.accept(0, floats(trial.weights().get(p)));
    GraphBuilder graph = new GraphBuilder();
    OrtEnvironment environment = OnnxRuntime.environment();
    try (Initializers initializers = new Initializers(environment, weights);
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      OnnxTensorOps ops = new OnnxTensorOps(graph, initializers, true);
      List<Tensor> inputs = new ArrayList<>();
      for (Input in : trial.inputs()) {
        inputs.add(ops.input("input" + inputs.size(), in.axis(), in.columns()));
      }
      List<Tensor> outputs = trial.trace().apply(ops, inputs);
      for (int i = 0; i < outputs.size(); i++) {
        graph.output(ops.name(outputs.get(i)), "output" + i, GraphBuilder.FLOAT);
      }
      initializers.configure(options);
      try (OrtSession session = environment.createSession(graph.toBytes(), options);
          BatchInputs fed = new BatchInputs(environment, ops, trial.batch())) {
        for (int i = 0; i < inputs.size(); i++) {
          Input in = trial.inputs().get(i);
          fed.floats("input" + i, in.values(), in.values().length / in.columns(), in.columns());
        }
        try (OrtSession.Result result = session.run(fed.tensors())) {
          List<double[]> numbers = new ArrayList<>();
          for (int i = 0; i < outputs.size(); i++) {
            numbers.add(OnnxModel.numbers(result, "output" + i));
          }
          return new Outcome(numbers, List.of(), Map.of());
        }
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FloatBuffer floats(double[] values) {
    FloatBuffer buffer = FloatBuffer.allocate(values.length);
    for (double v : values) buffer.put((float) v);
    return buffer.flip();
  }
}
