package org.dpo4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineMemoryTest {
  @TempDir Path folder;

  @Test
  void readsALineOfAStatusFile() throws IOException {
    Path status =
        Files.writeString(folder.resolve("status"), "Name:\tjava\nVmHWM:\t  5 kB\nVmRSS:\t\n");
    assertEquals(OptionalLong.of(5 * 1024), MachineMemory.kilobytes(status, "VmHWM:"));
    assertEquals(OptionalLong.empty(), MachineMemory.kilobytes(status, "VmRSS:"));
    assertEquals(OptionalLong.empty(), MachineMemory.kilobytes(status, "VmSwap:"));
    assertEquals(OptionalLong.empty(), MachineMemory.kilobytes(folder.resolve("absent"), "VmRSS:"));
  }

  @Test
  void tellsWhatThisProcessHasAndMayHave() {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "reads /proc");
    long resident = MachineMemory.resident().orElseThrow();
    assertTrue(resident > 20_000_000, resident + " bytes");
    assertTrue(MachineMemory.peakResident().orElseThrow() >= resident / 2);
    assertTrue(MachineMemory.available().orElseThrow() > resident);
  }
}
