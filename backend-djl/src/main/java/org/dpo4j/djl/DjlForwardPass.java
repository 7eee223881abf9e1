package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.jspecify.annotations.Nullable;

/**
 * The body's graph as autograd keeps it, cut before the head: the head's gradient is computed in
 * chunks, then the body goes back with it.
 */
final class DjlForwardPass implements ForwardPass {
  private final DjlTrainingSession session;
  private final PtNDManager scope;
  private final BatchArrays batch;
  private final EmbeddingUses embeddings;
  private final List<PtNDArray> logits = new ArrayList<>();
  private final @Nullable PtNDArray hidden;
  private final TokenScores scores;
  private boolean backwardDone;

  DjlForwardPass(DjlTrainingSession session, Batch microBatch, Set<HeadStatistic> wanted) {
    this.session = session;
    scope = (PtNDManager) session.scope.newSubManager();
    batch = new BatchArrays(scope, session.type, microBatch);
    embeddings = new EmbeddingUses(scope, session.kernels);
    try {
      if (DjlScoringSession.isEmpty(microBatch)) {
        hidden = null;
        scores = DjlScoringSession.noScores(wanted);
      } else {
        PtNDArray end = session.compute(true, () -> session.body.hidden(scope, batch, embeddings));
        hidden = end;
        scores =
            session.compute(false, () -> session.head.scores(scope, end, batch, wanted, logits));
      }
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  @Override
  public TokenScores scores() {
    return scores;
  }

  @Override
  public void backward(double[] gradientOfTokenLogProbs) {
    if (!isOpen()) throw new IllegalStateException("the forward pass is closed");
    if (backwardDone) throw new IllegalStateException("went back through this pass before");
    if (gradientOfTokenLogProbs.length != scores.logProbs().length) {
      throw new IllegalArgumentException(
          gradientOfTokenLogProbs.length
              + " gradients for "
              + scores.logProbs().length
              + " predictions");
    }
    backwardDone = true;
    PtNDArray end = hidden;
    if (end == null) return;
    session.compute(
        false,
        () -> {
          PtNDArray gradient =
              session.head.backward(
                  scope, end, batch, logits, gradientOfTokenLogProbs, session::gradient);
          JniUtils.backward(end, gradient, false, false);
          embeddings.addTo(session::gradient);
        });
  }

  boolean isOpen() {
    return scope.isOpen();
  }

  @Override
  public void close() {
    scope.close();
  }
}
