package org.dpo4j.training;

import org.dpo4j.service.NamedService;

/** Makes a trainer by name, for {@code --trainer}. Found by {@link java.util.ServiceLoader}. */
public interface PreferenceTrainerFactory extends NamedService {
  /** One line for people: what it learns from, and how. */
  String summary();

  PreferenceTrainer create();
}
