package org.dpo4j.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.Column;
import org.dpo4j.layout.HeadStatistic;
import org.dpo4j.layout.Index;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.tensor.Linear;
import org.dpo4j.tensor.Parameter;
import org.dpo4j.tensor.Tensor;
import org.dpo4j.tensor.TensorOps;
import org.dpo4j.tensor.TokenLogProbs;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;

/**
 * A causal language model, written once: stages and a head. Holds names, shapes and numbers, never
 * a tensor; every engine traces it.
 */
public interface CausalTransformer {
  /**
   * Embedding, blocks; each {@code [tokens, dim] -> [tokens, dim]}, the first one from nothing.
   * What goes from one to the next is a single tensor, so a session may cut between any two.
   */
  List<Stage> stages();

  Head head();

  /** Every weight, once, in the order of a checkpoint. */
  List<Parameter> parameters();

  /** What the head's products cost for a prediction, where a token's way to it costs 1. */
  default double headCost() {
    Parameter projection = head().projection().weight();
    long others =
        parameters().stream()
            .filter(p -> p.rows() != projection.rows()) // nor the table of embeddings
            .mapToLong(Parameter::size)
            .sum();
    return projection.size() / (double) Math.max(1, others);
  }

  /** The columns that a batch brings, and how each is made of a layout. */
  Map<Column, Function<TokenLayout, double[]>> columns();

  /** Ids are in [0, vocabulary). */
  int vocabulary();

  /** The longest sequence that the model was made for, prompt and completion, in tokens. */
  int contextLength();

  /** Whether a sequence past {@link #contextLength} is meant to work (dynamic rotary). */
  default boolean growsPastContext() {
    return false;
  }

  /** Whether completions may share a prompt where the longest sequence has so many tokens. */
  default boolean mayShare(int longest) {
    return true;
  }

  /** Further names under which checkpoints may hold a copy of a parameter: a tied head's. */
  default Map<String, Parameter> copies() {
    return Map.of();
  }

  /** Whether a checkpoint's tensor decides nothing: a buffer that is made anew. */
  default boolean isBuffer(String tensor) {
    return false;
  }

  /** One stage; its name appears in profiles and errors. */
  record Stage(String name, Body body) {
    /** The stage's own part of a trace. */
    @FunctionalInterface
    public interface Body {
      /**
       * Traces the stage.
       *
       * @param x {@code [tokens, dim]}; null for the first stage
       */
      Tensor apply(TensorOps ops, @Nullable Tensor x);
    }

    /** A stage that isn't the first. */
    public static Stage of(String name, BiFunction<TensorOps, Tensor, Tensor> body) {
      return new Stage(
          name, (ops, x) -> body.apply(ops, Objects.requireNonNull(x, "the stage's input")));
    }
  }

  /**
   * The end of the model.
   *
   * @param norm the last norm, row by row
   * @param projection {@code [vocabulary, dim]}; the embedding table itself where they are tied
   * @param softCap of the logits; 0: none
   */
  record Head(Norm norm, Linear projection, double softCap) {
    /** The last norm. */
    @FunctionalInterface
    public interface Norm {
      Tensor apply(TensorOps ops, Tensor x);
    }

    /** Normed hidden states at the tokens that predict, {@code [predictions, dim]}. */
    public Tensor hidden(TensorOps ops, Tensor x) {
      return norm.apply(ops, x.at(Index.PREDICTED_FROM));
    }
  }

  /** All of it in one trace; sessions that cut run the stages themselves. */
  default TokenLogProbs tokenLogProbs(TensorOps ops, Set<HeadStatistic> wanted) {
    Tensor x = null;
    for (Stage s : stages()) x = s.body().apply(ops, x);
    if (x == null) throw new IllegalStateException("a model without stages");
    Head head = head();
    return ops.tokenLogProbs(
        head.hidden(ops, x), head.projection(), head.softCap(), Index.TARGETS, wanted);
  }

  /**
   * Lays examples down and fills the columns.
   *
   * @param places of each example, its place within the optimizer step
   */
  default Batch batch(List<TokenizedExample> examples, List<Integer> places) {
    TokenLayout layout = TokenLayout.of(examples, this::mayShare);
    Map<Column, double[]> values = new HashMap<>();
    columns().forEach((column, source) -> values.put(column, source.apply(layout)));
    return new Batch(layout, values, places);
  }

  /** The same, places counted from 0. */
  default Batch batch(List<TokenizedExample> examples) {
    return batch(examples, IntStream.range(0, examples.size()).boxed().toList());
  }
}
