package org.dpo4j.training;

import java.util.Map;

/**
 * What a run's record, {@code run/config.yaml}, tells beyond what the trainer knows.
 *
 * @param options of losses and of the program around, by their names on the command line: numbers,
 *     texts, truths or lists of them
 * @param origins where options came from, by name, in words; empty: nothing is told of it
 */
public record RunNotes(Map<String, Object> options, Map<String, String> origins) {
  /** Nothing more to tell. */
  public static final RunNotes NONE = new RunNotes(Map.of(), Map.of());

  public RunNotes {
    options = Map.copyOf(options);
    origins = Map.copyOf(origins);
  }
}
