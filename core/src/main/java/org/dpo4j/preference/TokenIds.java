package org.dpo4j.preference;

import java.util.Arrays;

/** Token ids, immutable. */
public final class TokenIds {
  /** No token. */
  public static final TokenIds EMPTY = new TokenIds(new int[0]);

  private final int[] ids;

  private TokenIds(int[] ids) {
    this.ids = ids;
  }

  /** Copies what it is given. */
  public static TokenIds of(int... ids) {
    return ids.length == 0 ? EMPTY : new TokenIds(ids.clone());
  }

  /** How many. */
  public int size() {
    return ids.length;
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return ids.length == 0;
  }

  /** The id at a place, from 0. */
  public int get(int index) {
    return ids[index];
  }

  /** From {@code from} (inclusive) to {@code to} (exclusive). */
  public TokenIds slice(int from, int to) {
    return from == 0 && to == ids.length ? this : of(Arrays.copyOfRange(ids, from, to));
  }

  /** These, then more. */
  public TokenIds plus(TokenIds more) {
    int[] all = Arrays.copyOf(ids, ids.length + more.ids.length);
    System.arraycopy(more.ids, 0, all, ids.length, more.ids.length);
    return new TokenIds(all);
  }

  /** How many leading ids are the same in both. */
  public int commonPrefix(TokenIds other) {
    int mismatch = Arrays.mismatch(ids, other.ids);
    return mismatch < 0 ? ids.length : mismatch;
  }

  /** A copy. */
  public int[] toArray() {
    return ids.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenIds t && Arrays.equals(ids, t.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
