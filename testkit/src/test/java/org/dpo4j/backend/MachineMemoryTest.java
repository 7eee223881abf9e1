package org.dpo4j.backend;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MachineMemoryTest {
  @Test
  void tellsWhatThisProcessHasAndMayHave() {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "reads /proc");
    long resident = MachineMemory.resident().orElseThrow();
    assertTrue(resident > 20_000_000, resident + " bytes");
    assertTrue(MachineMemory.peakResident().orElseThrow() >= resident / 2);
    assertTrue(MachineMemory.available().orElseThrow() > resident);
  }
}
