package org.dpo4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dpo4j.loss.PreferenceLossFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A directory of {@code --plugins} that a test fills with jars. */
abstract class PluginFolder {
  static final Class<?> LOSS = PreferenceLossFactory.class;

  @TempDir Path folder;
  Path plugins;

  @BeforeEach
  void make() throws IOException {
    plugins = Files.createDirectory(folder.resolve("plug ins"));
  }

  PluginJar jar(String name) {
    return new PluginJar(plugins.resolve(name + ".jar"));
  }

  /** The source of a factory of a loss of margins. */
  static String factory(String type, String name) {
    return factory(type, name, "");
  }

  static String factory(String type, String name, String inConstructor) {
    return """
    package mine;
    public class %1$s extends org.dpo4j.loss.LossFactory {
      public %1$s() {
        super("%2$s", "a test's", o -> new Loss());
        %3$s
      }
      static class Loss implements org.dpo4j.loss.MarginLoss {
        public String name() { return "%2$s"; }
        public double beta() { return 0.1; }
        public org.dpo4j.autodiff.Var of(org.dpo4j.autodiff.Var h) { return h.negate(); }
      }
    }
    """
        .formatted(type, name, inConstructor);
  }
}
