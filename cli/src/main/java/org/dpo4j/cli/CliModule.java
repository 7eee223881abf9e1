package org.dpo4j.cli;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import org.dpo4j.loss.Objectives;
import org.dpo4j.loss.PreferenceLossFactory;
import org.dpo4j.service.NamedServices;

/** Puts commands together. */
final class CliModule extends AbstractModule {
  private final Console console;
  private final Interruption interruption;

  CliModule(Console console, Interruption interruption) {
    this.console = console;
    this.interruption = interruption;
  }

  @Override
  protected void configure() {
    bind(Console.class).toInstance(console);
    bind(Interruption.class).toInstance(interruption);
  }

  @Provides
  NamedServices<PreferenceLossFactory> losses() {
    return Objectives.losses();
  }
}
