package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.dpo4j.tensor.Parameter;

/**
 * The rows that a pass took from embedding tables. Autograd would make a whole table of zeros for
 * the gradient of a few rows and add all of it; so the rows are leaves, and their gradients are
 * added where they belong once autograd is done.
 */
final class EmbeddingUses {
  private record Use(Parameter table, PtNDArray indexes, PtNDArray rows) {}

  private final PtNDManager scope;
  private final Kernels kernels;
  private final List<Use> uses = new ArrayList<>();

  /**
   * @param scope of the whole pass
   */
  EmbeddingUses(PtNDManager scope, Kernels kernels) {
    this.scope = scope;
    this.kernels = kernels;
  }

  /** Rows of a table as a leaf; the result is another handle of it, in the given scope. */
  PtNDArray rows(PtNDManager resultScope, Parameter table, PtNDArray weight, PtNDArray indexes) {
    PtNDArray rows = kernels.tensor(scope, "embedding", weight, indexes);
    if (JniUtils.isGradMode()) {
      rows.setRequiresGradient(true);
      uses.add(new Use(table, indexes, rows));
    }
    return kernels.tensor(resultScope, "same", rows);
  }

  /**
   * Adds the rows' gradients up, after the way back.
   *
   * @param gradients where each table's gradient adds up
   */
  void addTo(Function<Parameter, PtNDArray> gradients) {
    for (Use use : uses) {
      PtNDArray gradient = JniUtils.getGradient(use.rows);
      if (gradient != null) {
        kernels.run("add_rows", gradients.apply(use.table), use.indexes, gradient);
      }
    }
  }
}
