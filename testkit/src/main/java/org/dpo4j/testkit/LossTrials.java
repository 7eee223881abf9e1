package org.dpo4j.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dpo4j.loss.Choice;
import org.dpo4j.loss.Demonstration;
import org.dpo4j.loss.Evaluation;
import org.dpo4j.loss.Labelled;
import org.dpo4j.loss.LossState;
import org.dpo4j.loss.Objective;
import org.dpo4j.loss.PreferenceLoss;
import org.dpo4j.loss.Ranking;
import org.dpo4j.loss.View;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.preference.Completion;
import org.dpo4j.preference.Judgement;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.preference.PreferenceExample;
import org.dpo4j.preference.Prompt;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.testkit.ScoredBatch.Scores;
import org.dpo4j.training.LearningRateSchedule;
import org.dpo4j.training.PreferenceTrainer;
import org.dpo4j.training.StepReport;
import org.dpo4j.training.TrainingConfig;

/** The data that a loss is tried on: rows that give it its views. */
final class LossTrials {
  private final Objective objective;
  private final Random random;

  LossTrials(Objective objective, long seed) {
    this.objective = objective;
    this.random = new Random(seed);
  }

  /** Completions of 1 to 8 tokens, a first one sometimes unscored. */
  ScoredBatch batch(int rows) {
    ScoredBatch batch = ScoredBatch.empty();
    for (int row = 0; row < rows; row++) {
      Judgement judgement = judgement();
      List<Scores> scores = new ArrayList<>();
      for (int k = 0; k < completions(judgement); k++) {
        double[] policy = random.doubles(1 + random.nextInt(8), -3, -0.1).toArray();
        double[] reference =
            Arrays.stream(policy).map(x -> x + 0.3 * random.nextGaussian()).toArray();
        scores.add(new Scores(policy, reference, random.nextInt(5) == 0));
      }
      batch = batch.with(judgement, columns(), scores);
    }
    return batch;
  }

  /** Two rows with sums of 0 to -1e5 over 1 or 500 tokens, log-ratios of up to 5e3. */
  ScoredBatch extremes() {
    double[] sums = {0, -1e-30, -1, -1e5};
    double[] logRatios = {-5e3, -1, 0, 1, 5e3};
    int[] lengths = {1, 500};
    ScoredBatch batch = ScoredBatch.empty();
    for (int row = 0; row < 2; row++) {
      Judgement judgement = judgement();
      List<Scores> scores = new ArrayList<>();
      for (int k = 0; k < completions(judgement); k++) {
        double policy = sums[random.nextInt(sums.length)];
        double reference = policy - logRatios[random.nextInt(logRatios.length)];
        scores.add(Scores.constant(policy, reference, lengths[random.nextInt(2)]));
      }
      batch = batch.with(judgement, columns(), scores);
    }
    return batch;
  }

  /** The states of the losses after two batches of their own. */
  Map<String, LossState> statesOnTheWay() {
    Map<String, LossState> states = objective.initialStates();
    for (int step = 0; step < 2; step++) states = after(objective, batch(4), states).states();
    return states;
  }

  /** A whole per-device batch. */
  static Evaluation after(Objective objective, ScoredBatch batch, Map<String, LossState> states) {
    return batch.evaluate(objective, batch.policy(), objective.count(batch.examples()), states);
  }

  /**
   * Three steps of 4, 4 and 3 rows in plain Java, on the recordings' tiny model.
   *
   * @param output a directory that isn't there yet
   */
  static List<StepReport> train(PreferenceLoss<?> loss, int microBatchSize, Path output) {
    LossTrials trials = new LossTrials(Objective.of(loss), 8);
    List<PreferenceExample> rows = new ArrayList<>();
    for (int row = 0; row < 11; row++) rows.add(trials.example(row));
    List<StepReport> steps = new ArrayList<>();
    PreferenceTrainer.offline(new PlainBackend())
        .loss(loss)
        .config(
            TrainingConfig.defaults()
                .withEpochs(1)
                .withBatchSize(4)
                .withMicroBatchSize(microBatchSize)
                .withLearningRate(1e-3)
                .withSchedule(LearningRateSchedule.CONSTANT))
        .listener(steps::add)
        .train(
            PretrainedModel.open(
                RecordedRun.model(output.resolveSibling(output.getFileName() + "-of"))),
            PreferenceDataset.of(rows),
            output);
    return steps;
  }

  private PreferenceExample example(int row) {
    Judgement judgement = judgement();
    List<Completion> completions = new ArrayList<>();
    for (int k = 0; k < completions(judgement); k++) {
      completions.add(Completion.of(ids(1 + random.nextInt(5))));
    }
    return new PreferenceExample(row, Prompt.of(ids(3)), completions, judgement, columns());
  }

  private TokenIds ids(int length) {
    return TokenIds.of(random.ints(length, 3, 35).toArray());
  }

  private Judgement judgement() {
    Class<? extends View> view = objective.losses().get(0).loss().view();
    if (view == Labelled.class) return new Judgement.Thumb(random.nextBoolean());
    if (view == Demonstration.class) return Judgement.NONE;
    if (view == Choice.class) return new Judgement.Best(random.nextInt(4));
    if (view == Ranking.class) return new Judgement.Order(List.of(2, 0, 3, 1));
    return Judgement.PAIR;
  }

  private static int completions(Judgement judgement) {
    if (judgement instanceof Judgement.Order order) return order.ranks().size();
    return judgement instanceof Judgement.Best ? 4 : 1;
  }

  private Map<String, Object> columns() {
    Map<String, Object> columns = new HashMap<>();
    for (String c : objective.requirements().columns()) columns.put(c, random.nextGaussian());
    return columns;
  }
}
