package org.dpo4j.backend;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dpo4j.preference.TokenIds;
import org.dpo4j.tokenization.TokenizedCompletion;
import org.dpo4j.tokenization.TokenizedExample;

/** Cuts examples into the batches that an engine is fed. Order is kept: parts follow each other. */
public final class BatchPlanner {
  private BatchPlanner() {}

  /**
   * Parts of {@code size} examples, the last one smaller where they don't divide.
   *
   * @param size at least 1
   */
  public static <E> List<List<E>> bySize(List<E> examples, int size) {
    if (size < 1) throw new IllegalArgumentException("size is " + size + ", expected at least 1");
    List<List<E>> parts = new ArrayList<>();
    for (int i = 0; i < examples.size(); i += size) {
      parts.add(examples.subList(i, Math.min(examples.size(), i + size)));
    }
    return parts;
  }

  /**
   * Parts as long as they fit; an example that alone is larger is a part of its own.
   *
   * @param tokens of a part at most
   */
  public static List<List<TokenizedExample>> byTokens(List<TokenizedExample> examples, int tokens) {
    List<List<TokenizedExample>> parts = new ArrayList<>();
    Set<TokenIds> prompts = new HashSet<>();
    int start = 0;
    int sum = 0;
    for (int i = 0; i < examples.size(); i++) {
      int more = tokens(examples.get(i), prompts);
      if (i > start && sum + more > tokens) {
        parts.add(examples.subList(start, i));
        start = i;
        prompts.clear();
        more = tokens(examples.get(i), prompts);
        sum = 0;
      }
      sum += more;
    }
    if (start < examples.size()) parts.add(examples.subList(start, examples.size()));
    return parts;
  }

  /** Tokens that an example lays down where its completions share an equal prompt. */
  public static int tokens(TokenizedExample example) {
    return tokens(List.of(example));
  }

  /** Tokens that examples lay down together where an equal prompt is shared. */
  public static int tokens(List<TokenizedExample> examples) {
    return BatchShape.of(examples).tokens();
  }

  /**
   * Tokens that an example adds.
   *
   * @param prompts that are laid down already; the example's are added
   */
  static int tokens(TokenizedExample example, Set<TokenIds> prompts) {
    int tokens = 0;
    for (TokenizedCompletion c : example.completions()) {
      tokens += c.ids().size() - 1 + (prompts.add(c.prompt()) ? c.prompt().size() : 0);
    }
    return tokens;
  }
}
