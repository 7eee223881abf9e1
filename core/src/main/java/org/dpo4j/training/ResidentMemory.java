package org.dpo4j.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the process holds in memory, native libraries included.
 *
 * @param bytes now
 * @param peakBytes at most since the process started
 */
record ResidentMemory(long bytes, long peakBytes) {
  /** Empty where the system doesn't tell by a file (all but Linux). */
  static Optional<ResidentMemory> now() {
    return of(Path.of("/proc/self/status"));
  }

  /** As a file of that kind tells; empty where it can't be read or lacks a number. */
  static Optional<ResidentMemory> of(Path status) {
    if (!Files.isReadable(status)) return Optional.empty();
    List<String> lines;
    try {
      lines = Files.readAllLines(status);
    } catch (IOException e) {
      return Optional.empty();
    }
    OptionalLong now = bytes(lines, "VmRSS:");
    OptionalLong peak = bytes(lines, "VmHWM:");
    return now.isPresent() && peak.isPresent()
        ? Optional.of(new ResidentMemory(now.getAsLong(), peak.getAsLong()))
        : Optional.empty();
  }

  private static OptionalLong bytes(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.replaceAll("\\D", ""))
        .filter(digits -> !digits.isEmpty())
        .mapToLong(digits -> 1024 * Long.parseLong(digits))
        .findFirst();
  }
}
