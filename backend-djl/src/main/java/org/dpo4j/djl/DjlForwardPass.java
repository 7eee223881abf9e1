package org.dpo4j.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.dpo4j.backend.BatchShape;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.layout.Axis;
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
  /**
   * What a token's way back through a stage takes, where adding its products to the gradients takes
   * 1: products as large, and attention and the operations in between. About, as it only says who
   * does more of the common work.
   */
  private static final double WAY_BACK = 1.4;

  /** The same, with the way there made again. */
  private static final double THERE_AND_BACK = 2.7;

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
      session.sideBySide(
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
    scores.checkGradient(gradientOfTokenLogProbs);
    backwardDone = true;
    if (scores.logProbs().length == 0) return;
    List<List<WeightGradient>> met = new ArrayList<>();
    for (int p = 0; p < parts.size(); p++) met.add(List.of());
    double[] own = new double[parts.size()];
    double[] common = new double[parts.size()];
    session.sideBySide(
        parts.size(),
        (member, meeting) -> {
          Adding adding =
              (found, alone, rows) -> {
                met.set(member, found);
                own[member] = alone;
                common[member] = rows;
                meeting.all();
                Shares shares = Shares.of(own, Arrays.stream(common).sum());
                WeightGradient.add(session.kernels, met, session::gradient, shares, member);
                meeting.all();
              };
          passes.get(member).backward(parts.get(member).of(gradientOfTokenLogProbs), adding);
        });
  }

  /** Adds to the weights' gradients what all parts have found at a stage; parts meet there. */
  @FunctionalInterface
  interface Adding {
    /**
     * Waits for all parts, and adds.
     *
     * @param found by this part
     * @param own what finding it took, where adding a row's products takes 1
     * @param rows whose products are to be added
     */
    void all(List<WeightGradient> found, double own, int rows);
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
          int rows = batch.batch().layout().length(Axis.TOKENS);
          adding.all(found.ofWeights(), rows * (keep ? WAY_BACK : THERE_AND_BACK), rows);
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
