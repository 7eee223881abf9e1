package org.dpo4j.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dpo4j.backend.BatchPlanner;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.evaluation.ExampleScorer;
import org.dpo4j.evaluation.ReferenceCache;
import org.dpo4j.evaluation.ReferenceFingerprint;
import org.dpo4j.evaluation.ReferenceScores;
import org.dpo4j.loss.LossState;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * Trains a policy on fixed preferences, step for step as TRL's DPO trainer: what everybody means by
 * DPO (Rafailov 2023). The reference is the initial policy.
 */
final class OfflineTrainer implements PreferenceTrainer {
  @Override
  public TrainingReport train(TrainingJob job) {
    TrainingConfig config = job.config();
    PretrainedModel model = job.model();
    RunDirectory output =
        RunDirectory.check(job.output(), config.overwriteOutput(), model.directory());
    TrainingData data = TrainingData.read(job);
    List<TokenizedExample> rows = data.rows().examples();
    long steps = config.steps(rows.size());
    PlannedBatches batches = new PlannedBatches(job, rows);
    job.listener()
        .start(
            new TrainingPlan(
                rows.size(),
                data.rows().skipped(),
                steps,
                job.objective().beta(),
                config,
                batches.estimate(),
                job.output()));
    HeldOut heldOut = HeldOut.of(job, data);
    Loop loop;
    try (TrainingSession session =
        job.backend()
            .openTraining(
                model.transformer(),
                model.weights(),
                config.session().withActivationBytes(batches.activationBytes()),
                config.optimizer())) {
      ReferenceScores reference = reference(job, rows, session);
      heldOut.scoreBefore(session);
      BatchGradient gradient =
          new BatchGradient(
              session, model.transformer(), job.objective(), reference, batches.microBatches());
      // what doesn't fit into memory fails here, before anything is written, and not in the night
      gradient.rehearse(batches.largest());
      batches.verify().ifPresent(job.listener()::rehearsed);
      output.clear();
      output.writeText("config.yaml", RunConfig.of(job));
      loop = new Loop(job, batches, gradient, steps);
      try (RunLog log = RunLog.open(output.records())) {
        loop.run(log);
      }
      model
          .writer()
          .write(
              job.output(),
              session.weights(),
              config.outputFormat(),
              ResultCard.of(job, rows.size(), steps));
      heldOut.scoreAfter(session);
    }
    heldOut.compare(output);
    TrainingReport report =
        new TrainingReport(
            job.output(),
            rows.size(),
            data.rows().skipped(),
            loop.last(),
            loop.losses / steps,
            loop.seconds,
            loop.tokens,
            heldOut.comparison(),
            heldOut.rounding());
    job.listener().finish(report);
    return report;
  }

  /** The initial policy's log-probs, or null where nothing needs them. */
  private static @Nullable ReferenceScores reference(
      TrainingJob job, List<TokenizedExample> rows, TrainingSession session) {
    if (rows.stream().noneMatch(job.objective()::needsReference)) return null;
    TrainingConfig config = job.config();
    PretrainedModel model = job.model();
    ScoringBackend other = job.referenceBackend();
    Path cache = config.cacheDirectory();
    String fingerprint =
        ReferenceFingerprint.of(
            model, other == null ? job.backend() : other, config.session(), rows);
    return new ReferenceCache(cache == null ? RunDirectory.cache(job.output()) : cache)
        .get(
            fingerprint,
            rows,
            () -> {
              if (other == null) return score(job, rows, session);
              try (ScoringSession reference =
                  other.openScoring(model.transformer(), model.weights(), config.session())) {
                return score(job, rows, reference);
              }
            });
  }

  private static ReferenceScores score(
      TrainingJob job, List<TokenizedExample> rows, ScoringSession session) {
    return ReferenceScores.compute(
        rows,
        new ExampleScorer(session, job.model().transformer()),
        done -> {
          job.checkCancelled("before the first step");
          job.listener().scored("reference", done, rows.size());
        });
  }

  /** The optimizer's steps, one after another. */
  private static final class Loop {
    private final TrainingJob job;
    private final TrainingConfig config;
    private final PlannedBatches planned;
    private final BatchGradient gradient;
    private final long steps;
    private Map<String, LossState> states;
    private @Nullable StepReport last;
    private long taken;
    private double losses;
    private double seconds;
    private long tokens;

    Loop(TrainingJob job, PlannedBatches planned, BatchGradient gradient, long steps) {
      this.job = job;
      this.config = job.config();
      this.planned = planned;
      this.gradient = gradient;
      this.steps = steps;
      this.states = job.objective().initialStates();
    }

    /** The last step; there is at least one. */
    StepReport last() {
      if (last == null) throw new IllegalStateException("no step was taken");
      return last;
    }

    void run(RunLog log) {
      for (int epoch = 0; taken < steps; epoch++) {
        List<List<TokenizedExample>> batches = planned.epoch(epoch);
        int done = 0;
        for (List<List<TokenizedExample>> group :
            BatchPlanner.bySize(batches, config.accumulationSteps())) {
          if (taken == steps) return;
          job.checkCancelled("after step %d of %d".formatted(taken, steps));
          done += group.size();
          last = step(group, epoch + (double) done / batches.size());
          losses += last.loss();
          seconds += last.seconds();
          tokens += last.tokens();
          log.step(last);
          job.listener().step(last);
        }
      }
    }

    /**
     * Takes a step.
     *
     * @param group its per-device batches: each weighs the same, however few its rows
     */
    private StepReport step(List<List<TokenizedExample>> group, double epoch) {
      long start = System.nanoTime();
      double loss = 0;
      Map<String, List<Double>> means = new TreeMap<>();
      int place = 0;
      long laidDown = 0;
      for (List<TokenizedExample> batch : group) {
        BatchGradient.Result result = add(batch, place, 1.0 / group.size());
        loss += result.loss() / group.size();
        result
            .metrics()
            .means()
            .forEach((key, mean) -> means.computeIfAbsent(key, k -> new ArrayList<>()).add(mean));
        states = result.states();
        place += batch.size();
        laidDown += result.tokens();
      }
      double rate = config.learningRate(taken, steps);
      double norm = gradient.session().apply(rate);
      if (!Double.isFinite(norm)) {
        List<TokenizedExample> all = group.stream().flatMap(List::stream).toList();
        throw notFinite(all, new ArithmeticException("the gradient's norm is " + norm));
      }
      taken++;
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put("loss", loss);
      metrics.put("grad_norm", norm);
      metrics.put("learning_rate", rate);
      means.forEach(
          (key, values) ->
              metrics.put(
                  key, values.stream().mapToDouble(Double::doubleValue).average().orElseThrow()));
      double took = (System.nanoTime() - start) / 1e9;
      return new StepReport(taken, steps, epoch, metrics, took, laidDown);
    }

    private BatchGradient.Result add(List<TokenizedExample> batch, int place, double weight) {
      try {
        return gradient.add(batch, place, weight, states);
      } catch (ArithmeticException e) {
        throw notFinite(batch, e);
      }
    }

    private InputException notFinite(List<TokenizedExample> batch, ArithmeticException e) {
      return new InputException(
          "Step %d of %d, rows %s: %s. The run stops before this step changes the weights, and no model is saved. Look at these rows, or try a lower learning_rate or max_grad_norm."
              .formatted(
                  taken + 1,
                  steps,
                  batch.stream().map(TokenizedExample::row).toList(),
                  e.getMessage()),
          e);
    }
  }
}
