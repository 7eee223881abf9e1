package org.dpo4j.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The losses, their weights and their options; those of plug-ins are read by {@link Arguments}. */
final class ObjectiveOptions {
  @Option(
      names = "--loss_type",
      hideParamSyntax = true,
      paramLabel = "L,...",
      arity = "1",
      split = ",",
      description =
          "One loss or several (default: sigmoid, which is DPO). \"dpo4j list losses\" shows"
              + " them.")
  @Nullable List<String> lossType;

  @Option(
      names = "--loss_weights",
      hideParamSyntax = true,
      paramLabel = "W,...",
      arity = "1",
      split = ",",
      description = "A weight for each loss (default: 1 each).")
  @Nullable List<Double> lossWeights;

  @Option(
      names = "--beta",
      hideParamSyntax = true,
      paramLabel = "BETA",
      description = "Strength of the pull to the reference, scale of rewards (default: 0.1).")
  @Nullable Double beta;

  @Option(
      names = "--label_smoothing",
      hideParamSyntax = true,
      paramLabel = "E",
      description = "Share of labels taken to be wrong; for losses that read it (default: 0).")
  @Nullable Double labelSmoothing;
}
