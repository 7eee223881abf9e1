package org.dpo4j.tensorflow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;

/**
 * What the way back reads of the way forward. The way forward fetches it, the way back is fed with
 * it: a run then goes on where another one stopped, with the engine's own tensors, which are
 * neither copied nor made twice.
 */
final class Frontier {
  /** Made again rather than kept: they cost nothing. */
  private static final Set<String> FREE =
      Set.of("Const", "Placeholder", "VarHandleOp", "ReadVariableOp");

  private final Set<GraphOperation> forward;

  /**
   * @param ends of the way forward: all that they need belongs to it
   */
  Frontier(List<? extends Operand<?>> ends) {
    Deque<GraphOperation> open = new ArrayDeque<>();
    forward = new HashSet<>();
    for (Operand<?> end : ends) visit(operation(end), forward, open);
    while (!open.isEmpty()) {
      GraphOperation operation = open.pop();
      for (Operand<?> input : operation.inputs()) visit(operation(input), forward, open);
    }
  }

  /** The values of the way forward that an operation of the way back needs, on any path. */
  Set<Output<?>> of(List<? extends Op> targets) {
    Set<Output<?>> found = new LinkedHashSet<>();
    Set<GraphOperation> seen = new HashSet<>();
    Deque<GraphOperation> open = new ArrayDeque<>();
    for (Op target : targets) visit((GraphOperation) target.op(), seen, open);
    while (!open.isEmpty()) {
      GraphOperation operation = open.pop();
      for (Operand<?> input : operation.inputs()) {
        GraphOperation source = operation(input);
        if (!forward.contains(source)) {
          visit(source, seen, open);
        } else if (!FREE.contains(source.type())) {
          // For a shape nobody keeps the values.
          found.add(operation.type().equals("Shape") ? operation.output(0) : input.asOutput());
        }
      }
      for (GraphOperation source : operation.controlInputs()) {
        if (!forward.contains(source)) visit(source, seen, open);
      }
    }
    return found;
  }

  private static GraphOperation operation(Operand<?> operand) {
    return (GraphOperation) operand.asOutput().op();
  }

  private static void visit(
      GraphOperation operation, Set<GraphOperation> seen, Deque<GraphOperation> open) {
    if (seen.add(operation)) open.push(operation);
  }
}
