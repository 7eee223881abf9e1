package org.dpo4j.tokenization;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.dpo4j.preference.TokenIds;
import org.jspecify.annotations.Nullable;

/**
 * Takes the longest piece that fits, from the left. A piece's id is its place; {@code <s>}, if it
 * is a piece, is the special token that begins a text.
 */
final class PieceTokenizer implements Tokenizer {
  private final List<String> pieces;
  private final @Nullable String endOfSequence;
  private boolean closed;

  PieceTokenizer(@Nullable String endOfSequence, String... pieces) {
    this.endOfSequence = endOfSequence;
    this.pieces = List.of(pieces);
  }

  @Override
  public TokenIds encode(String text, boolean addSpecialTokens) {
    if (closed) throw new IllegalStateException("closed");
    List<Integer> ids = new ArrayList<>();
    int start = pieces.indexOf("<s>");
    if (addSpecialTokens && start >= 0) ids.add(start);
    for (int at = 0; at < text.length(); at += pieces.get(ids.get(ids.size() - 1)).length()) {
      int longest = -1;
      for (int id = 0; id < pieces.size(); id++) {
        boolean longer = longest < 0 || pieces.get(id).length() > pieces.get(longest).length();
        if (longer && text.startsWith(pieces.get(id), at)) longest = id;
      }
      if (longest < 0) throw new IllegalArgumentException("no piece for " + text.substring(at));
      ids.add(longest);
    }
    return TokenIds.of(ids.stream().mapToInt(Integer::intValue).toArray());
  }

  @Override
  public String decode(TokenIds ids, boolean skipSpecialTokens) {
    if (closed) throw new IllegalStateException("closed");
    return Arrays.stream(ids.toArray())
        .mapToObj(pieces::get)
        .filter(piece -> !(skipSpecialTokens && piece.startsWith("<")))
        .collect(Collectors.joining());
  }

  @Override
  public @Nullable String endOfSequence() {
    return endOfSequence;
  }

  @Override
  public String fingerprint() {
    return pieces + " " + endOfSequence;
  }

  @Override
  public void close() {
    closed = true;
  }
}
