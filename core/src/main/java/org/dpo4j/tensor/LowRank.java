package org.dpo4j.tensor;

/**
 * LoRA (Hu 2021, eq. 3): adds {@code scaling * x A^T B^T}.
 *
 * @param a {@code [rank, in]}
 * @param b {@code [out, rank]}
 * @param scaling alpha / rank, or as the adapter says
 * @param dropout the share of x's numbers that training zeroes, in [0, 1)
 */
public record LowRank(Parameter a, Parameter b, double scaling, double dropout) {}
