package org.dpo4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.dpo4j.service.InputException;

/**
 * The runtime's native libraries, unpacked once where the person says. By itself the runtime
 * unpacks them into a temporary folder, anew in every process.
 */
final class OnnxNatives {
  /** The system property that says where natives are unpacked. */
  static final String DIRECTORY = "dpo4j.natives.dir";

  /** The runtime's own property for libraries that are already there. */
  private static final String NATIVE_PATH = "onnxruntime.native.path";

  private OnnxNatives() {}

  /** Unpacks them where a directory was named, and tells the runtime; call before it starts. */
  static void unpack() {
    String directory = System.getProperty(DIRECTORY);
    if (directory == null || System.getProperty(NATIVE_PATH) != null) return;
    Path folder = Path.of(directory, "onnxruntime", OnnxRuntime.VERSION, platform());
    try {
      Files.createDirectories(folder);
      for (String library : List.of("onnxruntime", "onnxruntime4j_jni")) {
        unpack(System.mapLibraryName(library), folder);
      }
    } catch (IOException e) {
      throw new InputException(
          "ONNX Runtime's native library can't be unpacked to %s: %s. Set the system property %s to a directory that can be written"
              .formatted(folder, e, DIRECTORY),
          e);
    }
    System.setProperty(NATIVE_PATH, folder.toString());
  }

  private static void unpack(String library, Path folder) throws IOException {
    String platform = platform();
    URL packed =
        OrtEnvironment.class.getResource("/ai/onnxruntime/native/" + platform + "/" + library);
    if (packed == null) {
      throw new InputException(
          "The ONNX Runtime on the class path has no library for %s. %s has those of linux-x64, linux-aarch64, osx-aarch64 and win-x64"
              .formatted(platform, OnnxRuntime.ARTIFACT));
    }
    URLConnection jar = packed.openConnection();
    Path target = folder.resolve(library);
    // Another size: of another version, or cut short.
    if (Files.exists(target) && Files.size(target) == jar.getContentLengthLong()) return;
    Path part = folder.resolve(library + "." + UUID.randomUUID());
    try (InputStream in = jar.getInputStream()) {
      Files.copy(in, part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** In the runtime's own words. */
  private static String platform() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String system = os.contains("mac") ? "osx" : os.contains("win") ? "win" : "linux";
    return system + (arch.equals("aarch64") || arch.equals("arm64") ? "-aarch64" : "-x64");
  }
}
