package org.dpo4j.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * Two policies on the same rows, paired by row; the one before is the reference of the rewards.
 *
 * @param rows that both scored
 * @param compared those of them with a better and a worse completion
 * @param before the policy that training started from. By rewards it has no accuracy: its own are
 *     all 0
 * @param after the trained policy
 * @param change after minus before, row by row
 * @param rewardAccuracy how often the implicit reward of the chosen side is higher, strictly:
 *     {@code beta (log p - log p_before)}; null where no row compares
 * @param rewardMargin the chosen side's implicit reward minus the rejected side's; null where no
 *     row compares
 * @param chosenFell the share of rows whose {@code log p(chosen)} fell
 * @param longerWins the accuracy of a rule that prefers the completion with more tokens (a tie is
 *     wrong); a policy that beats neither rule may have learnt length only; null where no row
 *     compares
 * @param shorterWins the same of fewer tokens
 */
public record PolicyComparison(
    int rows,
    int compared,
    PolicyMeasures before,
    PolicyMeasures after,
    PolicyMeasures change,
    @Nullable Estimate rewardAccuracy,
    @Nullable Estimate rewardMargin,
    @Nullable Estimate chosenFell,
    @Nullable Estimate longerWins,
    @Nullable Estimate shorterWins) {}
