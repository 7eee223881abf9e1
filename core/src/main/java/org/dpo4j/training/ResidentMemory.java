package org.dpo4j.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** What the process holds in memory, native libraries included. */
final class ResidentMemory {
  private ResidentMemory() {}

  /** Bytes; empty where the system doesn't tell by a file (all but Linux). */
  static OptionalLong bytes() {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) return OptionalLong.empty();
    List<String> lines;
    try {
      lines = Files.readAllLines(status);
    } catch (IOException e) {
      return OptionalLong.empty();
    }
    return lines.stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("\\D", ""))
        .filter(digits -> !digits.isEmpty())
        .mapToLong(digits -> 1024 * Long.parseLong(digits))
        .findFirst();
  }
}
