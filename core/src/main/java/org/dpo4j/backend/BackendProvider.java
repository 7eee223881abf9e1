package org.dpo4j.backend;

import org.dpo4j.service.NamedService;

/**
 * A compute engine, found by ServiceLoader. What it can do is its type: {@link ScoringBackend},
 * {@link TrainingBackend}. Cheap to create: nothing native is loaded before a session is opened.
 */
public interface BackendProvider extends NamedService {
  /** The engine and its version, for people: {@code PyTorch 2.7.1 through DJL 0.36.0}. */
  String description();
}
