package org.dpo4j.training;

/**
 * MT19937 (Matsumoto and Nishimura 1998), as PyTorch's CPU generator seeds and draws it; here only
 * because the order of rows must be PyTorch's.
 */
final class MersenneTwister {
  private static final int N = 624;
  private static final int M = 397;

  private final int[] state = new int[N];
  private int next = N;

  /**
   * @param seed its lower 32 bits count
   */
  MersenneTwister(long seed) {
    state[0] = (int) seed;
    for (int i = 1; i < N; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  /** 32 random bits, as a number from 0 to 2^32 - 1. */
  long draw32() {
    if (next == N) twist();
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y & 0xffffffffL;
  }

  private void twist() {
    for (int i = 0; i < N; i++) {
      int y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
      state[i] = state[(i + M) % N] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
    }
    next = 0;
  }
}
