package org.dpo4j.tensor;

import java.util.Map;
import org.dpo4j.layout.HeadStatistic;

/**
 * What the language-model head gives.
 *
 * @param logProbs {@code [predictions, 1]}, of the targets, in nats
 * @param statistics {@code [predictions, 1]} each, no gradient
 */
public record TokenLogProbs(Tensor logProbs, Map<HeadStatistic, Tensor> statistics) {}
