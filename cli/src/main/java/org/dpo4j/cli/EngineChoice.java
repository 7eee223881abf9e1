package org.dpo4j.cli;

import java.util.Optional;
import org.dpo4j.backend.SessionOptions;
import org.jspecify.annotations.Nullable;

/** The engine and the session that {@code --backend}, {@code --device}, {@code --threads} name. */
final class EngineChoice {
  /** Which engine trains and scores unless another is named. */
  private static final String DEFAULT = "djl";

  private EngineChoice() {}

  static String backend(EngineOptions asked) {
    return asked.backend == null ? DEFAULT : asked.backend;
  }

  /** Device, precision and threads; none where something is wrong with them. */
  static Optional<SessionOptions> session(EngineOptions asked, Problems problems) {
    checkDevice(asked.device, problems);
    SessionOptions defaults = SessionOptions.defaults();
    return asked.threads == null
        ? Optional.of(defaults)
        : problems.collect(() -> defaults.withThreads(asked.threads));
  }

  private static void checkDevice(@Nullable String device, Problems problems) {
    if (device == null || device.equals("auto") || device.equals("cpu")) return;
    problems.add(
        device.matches("(cuda|gpu|mps|rocm|xpu)(:\\d+)?")
            ? NotInThisVersion.refusal("--device " + device)
            : "--device is \"%s\", expected auto or cpu.".formatted(device));
  }
}
