package org.dpo4j.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.testkit.TensorOpsContract;

/** In double precision, where what is right is equal to the oracle to nearly its last digits. */
class DjlTensorOpsTest extends TensorOpsContract {
  private static final DataType TYPE = DataType.FLOAT64;

  @Override
  protected String engine() {
    return "djl";
  }

  @Override
  protected double tolerance() {
    return 1e-9;
  }

  @Override
  protected Outcome run(Trial trial) {
    try (PtNDManager scope = PyTorchEngine.newScope();
        Kernels kernels = new Kernels()) {
      return PyTorchThread.call(false, 1, () -> run(trial, scope, kernels));
    }
  }

  private static Outcome run(Trial trial, PtNDManager scope, Kernels kernels) {
    Map<Parameter, TrainedParameter> weights = new HashMap<>();
    trial
        .weights()
        .forEach(
            (p, values) -> {
              PtNDArray weight =
                  NativeArrays.numbers(scope, TYPE, values, 0, ParameterArrays.shape(p));
              weights.put(p, TrainedParameter.of(scope, TYPE, p, weight));
            });
    BatchArrays batch = new BatchArrays(scope, TYPE, trial.batch());
    Tape tape = new Tape(scope, kernels);
    DjlTensorOps ops =
        new DjlTensorOps(scope, kernels, p -> weights.get(p).weight(), batch, tape, true);
    List<Tensor> inputs = new ArrayList<>();
    for (Input in : trial.inputs()) {
      int rows = in.values().length / in.columns();
      inputs.add(
          ops.tensor(
              NativeArrays.numbers(scope, TYPE, in.values(), 0, rows, in.columns()),
              in.axis(),
              in.columns()));
    }
    List<Tape.Slot> slots = inputs.stream().map(x -> tape.track(DjlTensor.array(x))).toList();
    List<Tensor> outputs = trial.trace().apply(ops, inputs);
    PtNDArray first = DjlTensor.array(outputs.get(0));
    PtNDArray upstream =
        NativeArrays.numbers(scope, TYPE, trial.upstream(), 0, first.getShape().getShape());
    Tape.Slot slot = tape.slot(first);
    List<WeightGradient> found = slot == null ? List.of() : tape.backward(slot, upstream);
    // as two members share it out
    for (int member = 0; member < 2; member++) {
      WeightGradient.add(
          kernels,
          List.of(found),
          p -> weights.get(p).gradient(),
          Shares.of(new double[] {1, 2}, 9),
          member);
    }
    Map<Parameter, double[]> gradients = new HashMap<>();
    weights.forEach((p, w) -> gradients.put(p, NativeArrays.toDoubles(w.gradient())));
    return new Outcome(
        outputs.stream().map(y -> NativeArrays.toDoubles(DjlTensor.array(y))).toList(),
        IntStream.range(0, slots.size())
            .mapToObj(i -> gradient(slots.get(i), inputs.get(i)))
            .toList(),
        gradients);
  }

  /** Zeros where nothing depends on it. */
  private static double[] gradient(Tape.Slot slot, Tensor of) {
    PtNDArray gradient = slot.gradient();
    return gradient == null
        ? new double[Math.toIntExact(DjlTensor.array(of).size())]
        : NativeArrays.toDoubles(gradient);
  }
}
