package org.dpo4j.backend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What memory this process has and may have, in bytes, as the operating system tells it. */
public final class MachineMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path MACHINE = Path.of("/proc/meminfo");
  private static final Path GROUP = Path.of("/sys/fs/cgroup");
  private static final Path GROUP_1 = GROUP.resolve("memory");

  private MachineMemory() {}

  /** Resident memory of this process; empty where the system has no {@code /proc}. */
  public static OptionalLong resident() {
    return kilobytes(STATUS, "VmRSS:");
  }

  /** The most that was resident so far; empty where the system has no {@code /proc}. */
  public static OptionalLong peakResident() {
    return kilobytes(STATUS, "VmHWM:");
  }

  /**
   * What this process could have, what it has included: what the machine or its container leaves.
   * Empty where the system doesn't tell.
   */
  public static OptionalLong available() {
    OptionalLong free = kilobytes(MACHINE, "MemAvailable:");
    OptionalLong resident = resident();
    if (free.isEmpty() || resident.isEmpty()) return OptionalLong.empty();
    long left = free.getAsLong();
    left = Math.min(left, left(GROUP, "memory.max", "memory.current"));
    left = Math.min(left, left(GROUP_1, "memory.limit_in_bytes", "memory.usage_in_bytes"));
    return OptionalLong.of(left + resident.getAsLong());
  }

  private static long left(Path group, String limit, String used) {
    OptionalLong most = number(group.resolve(limit));
    OptionalLong now = number(group.resolve(used));
    return most.isEmpty() || now.isEmpty()
        ? Long.MAX_VALUE
        : Math.max(0, most.getAsLong() - now.getAsLong());
  }

  private static OptionalLong number(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
      return text.matches("\\d{1,18}")
          ? OptionalLong.of(Long.parseLong(text))
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty(); // another system, or no such limit
    }
  }

  /** What a line of such a file tells, in bytes. */
  static OptionalLong kilobytes(Path file, String key) {
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        if (line.startsWith(key)) {
          String digits = line.replaceAll("\\D", "");
          return digits.isEmpty()
              ? OptionalLong.empty()
              : OptionalLong.of(1024 * Long.parseLong(digits));
        }
      }
      return OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty(); // another system
    }
  }
}
