package org.dpo4j.cli.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What this process holds in memory, native libraries and all, where the system tells (Linux). */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  /** MB now; ends a test where the system doesn't tell. */
  static long resident() throws IOException {
    return megabytes("VmRSS:");
  }

  /** MB at most so far. */
  static long peak() throws IOException {
    return megabytes("VmHWM:");
  }

  private static long megabytes(String key) throws IOException {
    Assumptions.assumeTrue(Files.exists(STATUS), STATUS + " is absent");
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith(key)) return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
    }
    throw new IOException(STATUS + " has no " + key);
  }
}
