package org.dpo4j.layout;

import java.util.Map;

/**
 * An engine's answer to a batch: plain numbers, in the layout's order of predictions.
 *
 * @param logProbs {@code [predictions]}, in nats
 * @param statistics {@code [predictions]} each, those that were asked for
 */
@SuppressWarnings("ArrayRecordComponent") // a few thousand numbers on their way; never compared
public record TokenScores(double[] logProbs, Map<HeadStatistic, double[]> statistics) {}
