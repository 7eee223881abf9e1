package org.dpo4j.training;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dpo4j.backend.MachineMemory;
import org.dpo4j.loss.SigmoidLoss;
import org.dpo4j.preference.PreferenceDataset;
import org.dpo4j.service.InputException;
import org.dpo4j.testkit.ChildJvm;
import org.dpo4j.testkit.PlainBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The plan held against what the largest micro-batch takes, before the first step: in a JVM whose
 * heap is smaller than what the JVM takes beside it, which nobody has planned.
 */
class RehearsalTest {
  private static final long BUDGET = 32_000_000;

  @TempDir Path directory;

  @Test
  void aRunThatTakesMoreThanItsBudgetEndsBeforeItsFirstStep()
      throws IOException, InterruptedException {
    assumeTrue(
        MachineMemory.peakResident().isPresent(), "this system doesn't tell a process's peak");
    String told =
        ChildJvm.run(directory, List.of("-Xmx24m"), RehearsalTest.class, directory + "").well();
    assertTrue(told.contains("has taken the process to "), told);
    assertTrue(told.contains("--memory_budget is 32 MB. Nothing was trained. Give it "), told);
    assertFalse(Files.exists(directory.resolve("out/model.safetensors")));
  }

  /** Trains in the folder that is named, and says why it couldn't. */
  public static void main(String[] arguments) {
    Path directory = Path.of(arguments[0]);
    try {
      PreferenceTrainer.offline(new PlainBackend())
          .loss(new SigmoidLoss(0.1))
          .config(TinyRuns.CONFIG.withBatchSize(2).withMemoryBudget(BUDGET))
          .train(
              TinyRuns.model(directory),
              PreferenceDataset.of(TinyRuns.pairs(6)),
              directory.resolve("out"));
    } catch (InputException e) {
      System.out.println(e.getMessage());
    }
  }
}
