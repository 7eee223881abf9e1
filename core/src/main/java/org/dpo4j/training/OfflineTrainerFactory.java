package org.dpo4j.training;

/** Makes {@link OfflineTrainer}. */
public final class OfflineTrainerFactory implements PreferenceTrainerFactory {
  @Override
  public String name() {
    return "offline";
  }

  @Override
  public String summary() {
    return "learns from fixed preferences, step for step as TRL's DPO trainer (Rafailov 2023)";
  }

  @Override
  public PreferenceTrainer create() {
    return new OfflineTrainer();
  }
}
