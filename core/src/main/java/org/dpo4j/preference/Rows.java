package org.dpo4j.preference;

import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Makes a stream of rows that are read one after another. */
final class Rows {
  /** Where rows come from. */
  interface Source {
    /** The next row, or null at the end. */
    @Nullable PreferenceRow next();
  }

  private Rows() {}

  static Stream<PreferenceRow> stream(Source source) {
    return StreamSupport.stream(
        new Spliterators.AbstractSpliterator<>(
            Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE) {
          @Override
          public boolean tryAdvance(Consumer<? super PreferenceRow> action) {
            PreferenceRow row = source.next();
            if (row == null) return false;
            action.accept(row);
            return true;
          }
        },
        false);
  }
}
