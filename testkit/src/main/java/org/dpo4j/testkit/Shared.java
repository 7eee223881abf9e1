package org.dpo4j.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The material that lies beside a checkout, in {@code ../shared}: recordings and real data too
 * large for the repository. A test that needs it is skipped where it is absent, and fails there
 * instead where the environment says {@code DPO4J_REQUIRE_SHARED=true}, as CI does.
 */
public final class Shared {
  private static final boolean REQUIRED =
      Boolean.parseBoolean(System.getenv("DPO4J_REQUIRE_SHARED"));

  private Shared() {}

  /**
   * A file or directory of the shared material; ends the test where it is absent.
   *
   * @param relative from {@code ../shared}, {@code golden/losses.json} say
   */
  public static Path path(String relative) {
    Path path = directory().resolve(relative);
    if (!Files.exists(path)) {
      String message = path + " is absent: this test needs the shared material";
      if (REQUIRED) {
        Assertions.fail(message + ", and DPO4J_REQUIRE_SHARED=true forbids to skip it");
      }
      Assumptions.abort(message);
    }
    return path;
  }

  /** Opens a file as {@link #path} finds it, unpacked where its name ends in {@code .gz}. */
  public static InputStream open(String relative) throws IOException {
    InputStream raw = Files.newInputStream(path(relative));
    try {
      return relative.endsWith(".gz") ? new GZIPInputStream(raw) : raw;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private static Path directory() {
    Path working = Path.of("").toAbsolutePath();
    for (Path root = working; root != null; root = root.getParent()) {
      if (Files.isDirectory(root.resolve(".mvn"))) {
        return root.resolveSibling("shared");
      }
    }
    throw new IllegalStateException(working + " is not inside a checkout of dpo4j");
  }
}
