package org.dpo4j.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.TokenScores;
import org.dpo4j.loss.BatchCounts;
import org.dpo4j.loss.Evaluation;
import org.dpo4j.loss.LossState;
import org.dpo4j.loss.Objective;
import org.dpo4j.preference.Judgement;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;

/** Examples with made-up token log-probs, as tests of losses feed them to an {@link Objective}. */
public final class ScoredBatch {
  private final List<Row> rows;

  /**
   * A completion's numbers, {@code [predictions]} each.
   *
   * @param unscoredFirst whether it has a first token that nothing predicts, before those
   */
  @SuppressWarnings("ArrayRecordComponent") // a few numbers of a test; never compared
  public record Scores(double[] policy, double[] reference, boolean unscoredFirst) {
    public Scores {
      if (policy.length != reference.length) {
        throw new IllegalArgumentException(policy.length + " and " + reference.length);
      }
    }

    /** Every token scored. */
    public Scores(double[] policy, double[] reference) {
      this(policy, reference, false);
    }

    /** Equal log-probs of {@code tokens} tokens that sum up to these. */
    public static Scores constant(double policy, double reference, int tokens) {
      double[] p = new double[tokens];
      double[] r = new double[tokens];
      Arrays.fill(p, policy / tokens);
      Arrays.fill(r, reference / tokens);
      return new Scores(p, r);
    }
  }

  private record Row(TokenizedExample example, List<Scores> scores) {}

  private ScoredBatch(List<Row> rows) {
    this.rows = List.copyOf(rows);
  }

  /** No rows yet. */
  public static ScoredBatch empty() {
    return new ScoredBatch(List.of());
  }

  /** With a further row; rows are numbered from 0. */
  public ScoredBatch with(
      Judgement judgement, Map<String, Object> columns, List<Scores> completions) {
    List<TokenizedCompletion> tokenized = new ArrayList<>();
    for (Scores s : completions) {
      int[] ids = new int[s.policy().length + (s.unscoredFirst() ? 1 : 0)];
      int first = 1000 * tokenized.size(); // equal completions would get equal numbers
      Arrays.setAll(ids, t -> first + t);
      TokenIds prompt = s.unscoredFirst() ? TokenIds.EMPTY : TokenIds.of(7);
      tokenized.add(new TokenizedCompletion(prompt, TokenIds.of(ids)));
    }
    TokenizedExample example = new TokenizedExample(rows.size(), tokenized, judgement, columns);
    List<Row> more = new ArrayList<>(rows);
    more.add(new Row(example, List.copyOf(completions)));
    return new ScoredBatch(more);
  }

  /** With a further row without columns. */
  public ScoredBatch with(Judgement judgement, Scores... completions) {
    return with(judgement, Map.of(), List.of(completions));
  }

  /** With a further pair. */
  public ScoredBatch pair(Scores chosen, Scores rejected) {
    return with(Judgement.PAIR, chosen, rejected);
  }

  /** Some of the rows, in the order that is asked for; they keep their numbers. */
  public ScoredBatch rows(List<Integer> places) {
    return new ScoredBatch(places.stream().map(rows::get).toList());
  }

  /** Rows from one place to before another. */
  public ScoredBatch rows(int from, int to) {
    return new ScoredBatch(rows.subList(from, to));
  }

  /** The number of rows. */
  public int size() {
    return rows.size();
  }

  /** The examples, as a trainer has them. */
  public List<TokenizedExample> examples() {
    return rows.stream().map(Row::example).toList();
  }

  /** {@code [predictions]} of the policy. */
  public double[] policy() {
    return flat().flatMapToDouble(s -> Arrays.stream(s.policy())).toArray();
  }

  /** {@code [predictions]} of the reference. */
  public double[] reference() {
    return flat().flatMapToDouble(s -> Arrays.stream(s.reference())).toArray();
  }

  private Stream<Scores> flat() {
    return rows.stream().flatMap(row -> row.scores().stream());
  }

  /** As a per-device batch of its own, at the losses' first states. */
  public Evaluation evaluate(Objective objective) {
    return evaluate(objective, policy(), objective.count(examples()), objective.initialStates());
  }

  /**
   * As a per-device batch or a part of one. Statistics that the objective needs are made up from
   * the policy's log-probs as given to this batch; the reference is left out where none is needed.
   *
   * @param policy {@code [predictions]}, in place of this batch's own
   */
  public Evaluation evaluate(
      Objective objective, double[] policy, BatchCounts counts, Map<String, LossState> states) {
    Map<HeadStatistic, double[]> statistics = new EnumMap<>(HeadStatistic.class);
    for (HeadStatistic s : objective.requirements().statistics()) {
      statistics.put(s, Arrays.stream(policy()).map(p -> 0.7 * p).toArray());
    }
    boolean reference = examples().stream().anyMatch(objective::needsReference);
    return objective.evaluate(
        examples(),
        new TokenScores(policy, statistics),
        reference ? reference() : null,
        counts,
        states);
  }
}
