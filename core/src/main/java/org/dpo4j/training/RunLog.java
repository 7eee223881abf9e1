package org.dpo4j.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dpo4j.backend.MachineMemory;

/**
 * A run's log: {@code metrics.jsonl}, a line per optimizer step under TRL's names, the same numbers
 * whenever the run is repeated; and {@code timing.jsonl}, what differs each time.
 */
final class RunLog implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BufferedWriter metrics;
  private final BufferedWriter timing;

  private RunLog(BufferedWriter metrics, BufferedWriter timing) {
    this.metrics = metrics;
    this.timing = timing;
  }

  /** Opens new files in the directory of a run's records. */
  static RunLog open(Path records) {
    try {
      BufferedWriter metrics = Files.newBufferedWriter(records.resolve("metrics.jsonl"));
      try {
        return new RunLog(metrics, Files.newBufferedWriter(records.resolve("timing.jsonl")));
      } catch (IOException e) {
        metrics.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a step's lines, so that they can be read at once. */
  void step(StepReport step) {
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("step", step.step());
    numbers.put("epoch", step.epoch());
    numbers.putAll(step.metrics());
    write(metrics, numbers);
    Map<String, Object> times = new LinkedHashMap<>();
    times.put("step", step.step());
    times.put("seconds", step.seconds());
    times.put("tokens", step.tokens());
    times.put("tokens_per_second", step.tokens() / step.seconds());
    MachineMemory.resident().ifPresent(bytes -> times.put("resident_bytes", bytes));
    MachineMemory.peakResident().ifPresent(bytes -> times.put("peak_resident_bytes", bytes));
    write(timing, times);
  }

  private static void write(BufferedWriter file, Map<String, Object> line) {
    try {
      file.write(JSON.writeValueAsString(line));
      file.write('\n');
      file.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try (metrics;
        timing) {
      // nothing is left to flush
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
