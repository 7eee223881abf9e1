package org.dpo4j.training;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.dpo4j.backend.BatchPlanner;
import org.dpo4j.backend.BatchShape;
import org.dpo4j.backend.MachineMemory;
import org.dpo4j.backend.MemoryEstimate;
import org.dpo4j.backend.MemoryPlan;
import org.dpo4j.backend.MicroBatches;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.TokenizedExample;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The batches of a run, how each goes through the engine, and what memory that takes. */
final class PlannedBatches {
  private static final Logger log = LoggerFactory.getLogger(PlannedBatches.class);

  /** Of what the machine leaves, the share that a run takes if nobody says how much it may. */
  private static final double SHARE = 0.9;

  private final TrainingConfig config;
  private final List<TokenizedExample> rows;
  private final MemoryPlan memory;
  private final MicroBatches microBatches;
  private List<TokenizedExample> largest = List.of();
  private final MemoryEstimate estimate;

  /**
   * Plans.
   *
   * @throws InputException where a row doesn't fit into memory
   */
  PlannedBatches(TrainingJob job, List<TokenizedExample> rows) {
    this.config = job.config();
    this.rows = rows;
    memory =
        new MemoryPlan(
            job.backend().memory(job.model().transformer(), config.session()),
            budget(config),
            Runtime.getRuntime().maxMemory(),
            config.recomputation(),
            config.session().threads());
    Integer size = config.microBatchSize();
    microBatches = size == null ? memory : MicroBatches.ofSize(size);
    memory.check(rows);
    estimate = lookAtAll();
  }

  private static long budget(TrainingConfig config) {
    if (config.memoryBudget() != null) return config.memoryBudget();
    OptionalLong available = MachineMemory.available();
    return available.isPresent() ? (long) (SHARE * available.getAsLong()) : Long.MAX_VALUE;
  }

  /** Looks at every micro-batch of the run. */
  private MemoryEstimate lookAtAll() {
    long most = 0;
    int parts = 0;
    int recomputed = 0;
    for (int epoch = 0; epoch < config.epochs(); epoch++) {
      for (List<TokenizedExample> batch : epoch(epoch)) {
        for (List<Integer> places : microBatches.of(batch)) {
          List<TokenizedExample> part = places.stream().map(batch::get).toList();
          BatchShape shape = BatchShape.of(part);
          long takes = memory.estimate(shape);
          if (takes > most) {
            most = takes;
            largest = part;
          }
          if (epoch == 0) {
            parts++;
            if (memory.recomputes(shape)) recomputed++;
          }
        }
      }
    }
    return memory.estimate(BatchShape.of(largest), parts, recomputed);
  }

  /** The per-device batches of an epoch. */
  List<List<TokenizedExample>> epoch(int epoch) {
    List<TokenizedExample> inOrder = new ArrayList<>(rows.size());
    for (int row : config.epochOrder(rows.size(), epoch)) inOrder.add(rows.get(row));
    return BatchPlanner.bySize(inOrder, config.batchSize());
  }

  MicroBatches microBatches() {
    return microBatches;
  }

  /** The micro-batch that takes most memory. */
  List<TokenizedExample> largest() {
    return largest;
  }

  MemoryEstimate estimate() {
    return estimate;
  }

  /** What one pass may keep for its way back. */
  long activationBytes() {
    return memory.activationBytes();
  }

  /**
   * Compares the plan with what the largest micro-batch has taken.
   *
   * @return bytes of the process at most so far; empty where the system doesn't tell
   * @throws InputException where that is more than the budget that was asked for
   */
  OptionalLong verify() {
    OptionalLong peak = MachineMemory.peakResident();
    if (peak.isEmpty()) return peak;
    long taken = peak.getAsLong();
    if (config.memoryBudget() != null && taken > config.memoryBudget()) {
      throw new InputException(
          "The largest micro-batch, %,d tokens, has taken the process to %s; planned were %s, and --memory_budget is %s. Nothing was trained. Give it %s, or cut rows with --max_length."
              .formatted(
                  estimate.tokens(),
                  MemoryPlan.bytes(taken),
                  MemoryPlan.bytes(estimate.peak()),
                  MemoryPlan.bytes(estimate.budget()),
                  MemoryPlan.bytes((long) (1.05 * taken))));
    }
    log.debug("Planned {} bytes, taken {}", estimate.peak(), taken);
    return peak;
  }
}
