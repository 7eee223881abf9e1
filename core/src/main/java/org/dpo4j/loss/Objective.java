package org.dpo4j.loss;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.dpo4j.layout.EqualCompletions;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.preference.Judgement;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * What a run minimises: the sum, over its losses and their terms, of {@code weight x (sum of values
 * / count in the per-device batch)}. Each loss is given its own views of the same batch.
 *
 * <p>Immutable; the memory of losses goes in and out of {@link #evaluate}.
 */
public final class Objective {
  /** TRL's, for runs whose losses have none. */
  private static final double DEFAULT_BETA = 0.1;

  private final List<Weighted> losses;
  private final List<ViewModifier> modifiers;
  private final double beta;
  private final Requirements requirements;

  /**
   * A loss and its weight.
   *
   * @param weight finite
   */
  public record Weighted(PreferenceLoss<?> loss, double weight) {
    public Weighted {
      if (!Double.isFinite(weight)) {
        throw new IllegalArgumentException(
            "the weight of " + loss.name() + " is " + weight + ", expected a finite number");
      }
    }
  }

  /**
   * Puts an objective together.
   *
   * @param losses at least one, each name once
   * @param modifiers of what all losses see, in the order in which they are applied
   * @param beta the run's: scales logged rewards, above 0; equal to that of every loss that has one
   */
  public Objective(List<Weighted> losses, List<ViewModifier> modifiers, double beta) {
    this.losses = List.copyOf(losses);
    this.modifiers = List.copyOf(modifiers);
    this.beta = beta;
    LossOption.BETA.require(beta);
    if (losses.isEmpty()) throw new IllegalArgumentException("losses is empty");
    Set<String> names = new HashSet<>();
    Requirements all = Requirements.NONE;
    for (Weighted w : losses) {
      String name = w.loss().name();
      if (!names.add(name)) {
        throw new IllegalArgumentException("the loss " + name + " is there twice");
      }
      if (!Double.isNaN(w.loss().beta()) && w.loss().beta() != beta) {
        throw new IllegalArgumentException(
            "the loss " + name + " has beta " + w.loss().beta() + " in a run with beta " + beta);
      }
      all = all.and(w.loss().requirements());
    }
    this.requirements = all;
  }

  /** A single loss, with its own beta or else 0.1. */
  public static Objective of(PreferenceLoss<?> loss) {
    return new Objective(List.of(new Weighted(loss, 1)), List.of(), beta(List.of(loss)));
  }

  /** The beta of a run that names none: that of the first loss that has one, else 0.1. */
  public static double beta(List<? extends PreferenceLoss<?>> losses) {
    return losses.stream()
        .mapToDouble(PreferenceLoss::beta)
        .filter(b -> !Double.isNaN(b))
        .findFirst()
        .orElse(DEFAULT_BETA);
  }

  /** The losses in the order in which they were given. */
  public List<Weighted> losses() {
    return losses;
  }

  /** The scale of the rewards that are logged, and of every loss that has one. */
  public double beta() {
    return beta;
  }

  /** What the losses need, all together. */
  public Requirements requirements() {
    return requirements;
  }

  /**
   * Whether the reference's log-probs of an example are needed: by a loss, or, where completions
   * were compared, for the rewards that are logged, unless a loss brings rewards of its own.
   */
  public boolean needsReference(TokenizedExample example) {
    boolean compared =
        example.completions().size() > 1 && !(example.judgement() instanceof Judgement.None);
    return requirements.reference() || (compared && !requirements.ownRewards());
  }

  /** Whether a part of a per-device batch can be evaluated without the others. */
  public boolean rowWise() {
    return losses.stream().allMatch(w -> w.loss() instanceof RowLoss);
  }

  /** What the means of a per-device batch divide by. */
  public BatchCounts count(List<TokenizedExample> perDeviceBatch) {
    return new BatchCounts(
        perDeviceBatch.size(), losses.stream().map(w -> count(w.loss(), perDeviceBatch)).toList());
  }

  private static BatchCounts.OfLoss count(PreferenceLoss<?> loss, List<TokenizedExample> batch) {
    ViewKind kind = ViewKind.of(loss);
    int views = 0;
    int chosenTokens = 0;
    for (TokenizedExample e : batch) {
      for (List<Integer> places : kind.places(e.judgement(), e.completions().size())) {
        int first = places.get(0);
        boolean bad = kind == ViewKind.LABELLED && e.judgement().rank(first) > 0;
        views++;
        chosenTokens += bad ? 0 : e.completions().get(first).predictions();
      }
    }
    return new BatchCounts.OfLoss(loss instanceof BatchwiseLoss ? 1 : views, chosenTokens);
  }

  /** The state of every loss before the first batch, by name. */
  public Map<String, LossState> initialStates() {
    Map<String, LossState> states = new TreeMap<>();
    for (Weighted w : losses) states.put(w.loss().name(), LossState.EMPTY);
    return states;
  }

  /**
   * Checks that an example gives every loss a view and the columns that it declares. (A thumb down
   * gives nothing to imitate, and is left out of such a loss without an error.)
   *
   * @throws InputException naming row, loss and what the row would need
   */
  public void check(TokenizedExample example) {
    for (Weighted w : losses) {
      ViewKind.requireOne(w.loss(), example);
      for (String column : w.loss().requirements().columns()) {
        CompletionScores.column(example, column);
      }
    }
  }

  /**
   * Evaluates a per-device batch, or, where {@link #rowWise}, a part of one: values, gradients and
   * metrics of parts add up to those of the whole. Completions of an example that are equal count
   * with equal numbers, the first one's, which has their gradient.
   *
   * @param policy {@code [predictions]}, in the order of examples, completions and tokens
   * @param referenceTokenLogProbs {@code [predictions]} in the same order; null where no loss needs
   *     the reference, and then no {@code beta x log-ratio} is logged
   * @param counts of the whole per-device batch
   * @param states of every loss, by name
   * @throws ArithmeticException where a log-prob, a loss or a gradient is not finite; names row and
   *     loss
   */
  public Evaluation evaluate(
      List<TokenizedExample> part,
      TokenScores policy,
      double @Nullable [] referenceTokenLogProbs,
      BatchCounts counts,
      Map<String, LossState> states) {
    int predictions = part.stream().mapToInt(TokenizedExample::predictions).sum();
    requireLength("policy", policy.logProbs().length, predictions);
    if (referenceTokenLogProbs != null) {
      requireLength("reference", referenceTokenLogProbs.length, predictions);
    } else if (requirements.reference()) {
      throw new IllegalArgumentException("a loss needs the reference, but there is none");
    }
    if (!rowWise() && part.size() != counts.examples()) {
      throw new IllegalArgumentException(
          "%d of the %d examples of a per-device batch: a batchwise loss needs all at once"
              .formatted(part.size(), counts.examples()));
    }
    TokenScores evened =
        new TokenScores(EqualCompletions.evened(part, policy.logProbs()), policy.statistics());
    List<ScoredExample> scored = ScoredExample.of(part, evened, referenceTokenLogProbs, modifiers);
    Evaluation evaluation = new ObjectivePass(this, scored, counts, states).evaluate(predictions);
    EqualCompletions.addToFirst(part, evaluation.gradient());
    return evaluation;
  }

  private static void requireLength(String model, int length, int predictions) {
    if (length != predictions) {
      throw new IllegalArgumentException(
          "the " + model + " has " + length + " log-probs for " + predictions + " predictions");
    }
  }
}
