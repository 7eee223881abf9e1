package org.dpo4j.cli;

import java.util.Optional;
import org.dpo4j.backend.Backends;
import org.dpo4j.backend.ScoringBackend;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingBackend;
import org.jspecify.annotations.Nullable;

/** The engine and the session that the options name. */
final class EngineChoice {
  private static final String TRAINS = "djl";
  private static final String SCORES = "onnx";

  private EngineChoice() {}

  /** The engine that trains. */
  static TrainingBackend training(EngineOptions asked) {
    return Backends.training(asked.backend == null ? TRAINS : asked.backend);
  }

  /** The engine that scores and evaluates: ONNX Runtime, where nobody took it away. */
  static ScoringBackend scoring(EngineOptions asked) {
    if (asked.backend != null) return Backends.scoring(asked.backend);
    return Backends.scoring(Backends.services().names().contains(SCORES) ? SCORES : TRAINS);
  }

  /** Device, precision, threads and ways; none where something is wrong with them. */
  static Optional<SessionOptions> session(EngineOptions asked, Problems problems) {
    checkDevice(asked.device, problems);
    SessionOptions defaults =
        SessionOptions.defaults().withFastPaths(!Boolean.FALSE.equals(asked.fastPaths));
    Integer threads = asked.threads;
    return threads == null
        ? Optional.of(defaults)
        : problems.collect(() -> defaults.withThreads(threads));
  }

  private static void checkDevice(@Nullable String device, Problems problems) {
    if (device == null || device.equals("auto") || device.equals("cpu")) return;
    problems.add(
        device.matches("(cuda|gpu|mps|rocm|xpu)(:\\d+)?")
            ? NotInThisVersion.refusal("--device " + device)
            : "--device is \"%s\", expected auto or cpu.".formatted(device));
  }
}
