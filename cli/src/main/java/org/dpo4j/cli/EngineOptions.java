package org.dpo4j.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a command computes on. */
final class EngineOptions {
  @Option(
      names = "--backend",
      hideParamSyntax = true,
      paramLabel = "NAME",
      description =
          "The engine (default: djl to train, onnx to score and evaluate). \"dpo4j list backends\" shows what is"
              + " there.")
  @Nullable String backend;

  @Option(
      names = "--device",
      hideParamSyntax = true,
      paramLabel = "auto|cpu",
      description = "Where to compute (default: auto, what is there).")
  @Nullable String device;

  @Option(
      names = "--threads",
      hideParamSyntax = true,
      paramLabel = "N",
      description = "Threads of the engine (default: the processors that the JVM may use).")
  @Nullable Integer threads;

  @Option(
      names = "--fast_paths",
      arity = "1",
      hideParamSyntax = true,
      paramLabel = "true|false",
      description =
          "Whether the engine may take its fast ways (default: true); false: a batch as a whole, every operation by the"
              + " engine's own rules, to compare with.")
  @Nullable Boolean fastPaths;
}
