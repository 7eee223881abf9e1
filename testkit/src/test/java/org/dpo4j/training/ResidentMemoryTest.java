package org.dpo4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ResidentMemoryTest {
  @TempDir Path folder;

  private Optional<ResidentMemory> told(String status) throws IOException {
    return ResidentMemory.of(Files.writeString(folder.resolve("status"), status));
  }

  @Test
  void readsWhatLinuxTellsInKibibytes() throws IOException {
    assertEquals(
        Optional.of(new ResidentMemory(3 * 1024, 5 * 1024)),
        told("Name:\tjava\nVmPeak:\t    9 kB\nVmHWM:\t    5 kB\nVmRSS:\t    3 kB\n"));
  }

  @Test
  void tellsNothingWhereTheSystemDoesNot() throws IOException {
    assertEquals(Optional.empty(), ResidentMemory.of(folder.resolve("absent")));
    assertEquals(Optional.empty(), told("VmRSS:\t    3 kB\n"));
    assertEquals(Optional.empty(), told("VmHWM:\t\nVmRSS:\t    3 kB\n"));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void thePeakIsNeverBelowWhatIsHeld() {
    ResidentMemory now = ResidentMemory.now().orElseThrow();
    assertTrue(now.bytes() > 16L << 20, now + ": a JVM alone holds more");
    assertTrue(now.peakBytes() >= now.bytes(), now.toString());
  }
}
