package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dpo4j.backend.BatchShape;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.BatchParts;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.PartScores;
import org.dpo4j.layout.TokenScores;

/**
 * The parts of a batch, each on a thread of its own, stage by stage there and back. On the way back
 * they meet at each stage and at each chunk of the head: what all of them add to a weight's
 * gradient is added there, in the order of parts.
 */
final class DjlForwardPass implements ForwardPass {
  private final DjlTrainingSession session;
  private final PtNDManager scope;
  private final List<BatchParts.Part> parts;
  private final List<PartPass> passes = new ArrayList<>();
  private final int headChunks;
  private final boolean keep;
  private final TokenScores scores;
  private boolean backwardDone;

  DjlForwardPass(DjlTrainingSession session, Batch microBatch, Set<HeadStatistic> wanted) {
    session.checkOpen();
    this.session = session;
    scope = (PtNDManager) session.scope.newSubManager();
    try {
      parts = session.parts(microBatch);
      keep = !session.recomputes(BatchShape.of(microBatch.layout()));
      headChunks =
          parts.stream().mapToInt(p -> session.head.chunks(p.predictions().length)).max().orElse(0);
      for (BatchParts.Part part : parts) passes.add(new PartPass(part));
      PartScores all = new PartScores(microBatch, parts, wanted);
      scores = all.whole();
      if (scores.logProbs().length == 0) return;
      session.crew.run(
          parts.size(), (member, meeting) -> all.put(member, passes.get(member).forward(wanted)));
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
    session.checkOpen();
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
    if (scores.logProbs().length == 0) return;
    List<List<WeightGradient>> met = new ArrayList<>();
    for (int p = 0; p < parts.size(); p++) met.add(List.of());
    session.crew.run(
        parts.size(),
        (member, meeting) -> {
          Adding adding =
              found -> {
                met.set(member, found);
                meeting.all();
                WeightGradient.add(session.kernels, met, session::gradient, member, parts.size());
                meeting.all();
              };
          passes.get(member).backward(parts.get(member).of(gradientOfTokenLogProbs), adding);
        });
  }

  /** Adds to the weights' gradients what all parts have found at a stage; parts meet there. */
  @FunctionalInterface
  interface Adding {
    void all(List<WeightGradient> found);
  }

  /** One part's way. */
  private final class PartPass {
    private final PtNDManager own = (PtNDManager) scope.newSubManager();
    private final BatchArrays batch;
    private final List<PtNDArray> logits = new ArrayList<>();
    private List<StagePass> stages = List.of();

    PartPass(BatchParts.Part part) {
      batch = new BatchArrays(own, session.type, part.batch());
    }

    TokenScores forward(Set<HeadStatistic> wanted) {
      stages = session.body.forward(own, batch, keep);
      return session.head.scores(own, hidden(), batch, wanted, logits);
    }

    private PtNDArray hidden() {
      return stages.get(stages.size() - 1).output();
    }

    void backward(double[] upstream, Adding adding) {
      PtNDArray gradient =
          session.head.backward(own, hidden(), batch, logits, upstream, headChunks, adding);
      for (int s = stages.size() - 1; s >= 0; s--) {
        try (StagePass stage = stages.get(s)) {
          StagePass.Gradients found = stage.backward(gradient);
          adding.all(found.ofWeights());
          gradient.close();
          if (found.ofInput() == null) return;
          gradient = found.ofInput();
          gradient.attach(own);
        }
      }
    }
  }

  boolean isOpen() {
    return scope.isOpen();
  }

  @Override
  public void close() {
    scope.close();
  }
}
