package org.dpo4j.tensorflow;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.BatchParts;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.PartScores;
import org.dpo4j.layout.TokenScores;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;

/**
 * The parts of a batch, side by side. Each takes a run forward and two back: through the head, then
 * through the body. What they read of the way forward is fetched there and fed again.
 */
final class TensorFlowForwardPass implements ForwardPass {
  private final TensorFlowTrainingSession session;
  private final List<BatchParts.Part> parts;
  private final boolean whole;
  private final WayBack head;
  private final WayBack body;
  private final List<PartPass> passes = new ArrayList<>();
  private final TokenScores scores;
  private boolean spent;

  TensorFlowForwardPass(TensorFlowTrainingSession session, Batch batch, Set<HeadStatistic> wanted) {
    session.session(); // which is open
    this.session = session;
    parts = session.parts(batch);
    TrainingGraph training = session.training();
    boolean recompute = session.recomputes(batch);
    // Statistics take more arrays of a prediction and a word each: chunks are for them, too.
    whole = !recompute && wanted.isEmpty() && session.keeps();
    head = whole ? training.head().whole().back() : training.head().chunked();
    body = training.body(recompute);
    for (BatchParts.Part part : parts) passes.add(new PartPass(part.batch()));
    PartScores all = new PartScores(batch, parts, wanted);
    scores = all.whole();
    try {
      session.crew().run(parts.size(), (p, meeting) -> all.put(p, passes.get(p).forward(wanted)));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  @Override
  public TokenScores scores() {
    return scores;
  }

  @Override
  public void backward(double[] gradientOfTokenLogProbs) {
    if (spent) throw new IllegalStateException("backward was called, or the pass is closed");
    session.session(); // which is open
    scores.checkGradient(gradientOfTokenLogProbs);
    spent = true;
    if (gradientOfTokenLogProbs.length == 0) return;
    session.forget();
    List<Op> first = session.startGradients(parts.size());
    List<Op> ofHead = new ArrayList<>();
    List<Op> ofBody = new ArrayList<>();
    for (int p = 0; p < parts.size(); p++) {
      ofHead.add(head.done(p));
      ofBody.add(body.done(p));
    }
    // The last parts are those that start.
    int started = parts.size() - first.size();
    session
        .crew()
        .run(
            parts.size(),
            (p, meeting) -> {
              if (p >= started) session.run(first.get(p - started));
              double[] own = parts.get(p).of(gradientOfTokenLogProbs);
              passes.get(p).backward(own, ofHead.get(p), ofBody.get(p));
            });
    session.haveGradients(parts.size());
  }

  /** One part's way. */
  private final class PartPass {
    private final Batch batch;
    private final Map<Output<?>, Tensor> kept = new LinkedHashMap<>();

    PartPass(Batch batch) {
      this.batch = batch;
    }

    TokenScores forward(Set<HeadStatistic> wanted) {
      if (batch.layout().length(Axis.PREDICTIONS) == 0) return session.scorePart(batch, wanted);
      List<HeadStatistic> statistics = List.copyOf(wanted);
      try (Run run = session.newRun()) {
        session.forward().inputs().feed(run, batch);
        run.fetch(
            whole ? session.training().head().whole().logProbs() : session.forward().logProbs());
        for (HeadStatistic s : statistics) run.fetch(session.forward().statistic(s));
        Set<Output<?>> values = new LinkedHashSet<>();
        if (session.keeps()) {
          values.addAll(body.kept());
          values.addAll(head.kept());
        }
        for (Output<?> value : values) run.fetch(value);
        Result result = run.run();
        int next = 1 + statistics.size();
        for (Output<?> value : values) kept.put(value, result.get(next++));
        return told(result, statistics);
      }
    }

    private TokenScores told(Result result, List<HeadStatistic> statistics) {
      Map<HeadStatistic, double[]> told = new EnumMap<>(HeadStatistic.class);
      for (int i = 0; i < statistics.size(); i++) {
        try (Tensor statistic = result.get(i + 1)) {
          told.put(statistics.get(i), Run.numbers(statistic));
        }
      }
      try (Tensor logProbs = result.get(0)) {
        return new TokenScores(Run.numbers(logProbs), told);
      }
    }

    void backward(double[] gradient, Op headDone, Op bodyDone) {
      if (gradient.length == 0) return;
      try (Result ofHidden = throughHead(gradient, headDone)) {
        // What the head alone has kept is no longer needed.
        kept.entrySet()
            .removeIf(
                e -> {
                  if (body.kept().contains(e.getKey())) return false;
                  e.getValue().close();
                  return true;
                });
        try (Run run = resumed(body)) {
          run.lend(session.training().gradientOfHidden().asOutput(), ofHidden.get(0));
          run.target(bodyDone).run().close();
        }
      }
      close();
    }

    private Result throughHead(double[] gradient, Op done) {
      try (Run run = resumed(head)) {
        run.feed(session.training().head().upstream(), Shape.of(gradient.length), gradient);
        return run.fetch(head.ofInput()).target(done).run();
      }
    }

    private Run resumed(WayBack back) {
      Run run = session.newRun();
      session.forward().inputs().feed(run, batch);
      if (session.keeps()) {
        back.kept().forEach(value -> run.lend(value, Objects.requireNonNull(kept.get(value))));
      }
      return run;
    }

    void close() {
      kept.values().forEach(Tensor::close);
      kept.clear();
    }
  }

  @Override
  public void close() {
    spent = true;
    passes.forEach(PartPass::close);
    session.closed(this);
  }
}
