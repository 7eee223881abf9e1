package org.dpo4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import org.dpo4j.service.InputException;

/** The runtime of this process. */
final class OnnxRuntime {
  /** What this backend was built and tested with. */
  static final String VERSION = "1.29.0";

  /** The system property that says where natives are unpacked. */
  static final String NATIVES_DIR = "dpo4j.natives.dir";

  /** The runtime's own property for libraries that are already there. */
  private static final String NATIVE_PATH = "onnxruntime.native.path";

  private OnnxRuntime() {}

  /** There is one in a process; it outlives all sessions. */
  static synchronized OrtEnvironment environment() {
    String directory = System.getProperty(NATIVES_DIR);
    if (directory != null && System.getProperty(NATIVE_PATH) == null) {
      System.setProperty(NATIVE_PATH, unpacked(Path.of(directory)).toString());
    }
    try {
      return OnDeepStack.call(
          () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "dpo4j"));
    } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
      throw notLoaded(e);
    }
  }

  /** By itself the runtime unpacks into a temporary folder, anew in every process. */
  private static Path unpacked(Path directory) {
    String platform = platform();
    Path folder = directory.resolve("onnxruntime").resolve(VERSION).resolve(platform);
    try {
      Files.createDirectories(folder);
      for (String library : List.of("onnxruntime", "onnxruntime4j_jni")) {
        unpack(platform, System.mapLibraryName(library), folder);
      }
      return folder;
    } catch (IOException e) {
      throw new InputException(
          "ONNX Runtime's native library can't be unpacked to "
              + folder
              + ": "
              + e
              + ". Set the system property "
              + NATIVES_DIR
              + " to a directory that can be written",
          e);
    }
  }

  private static void unpack(String platform, String library, Path folder) throws IOException {
    Path target = folder.resolve(library);
    if (Files.exists(target)) return;
    String resource = "/ai/onnxruntime/native/" + platform + "/" + library;
    try (InputStream in = OrtEnvironment.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new InputException(
            "ONNX Runtime "
                + VERSION
                + " has no library for "
                + platform
                + "; com.microsoft.onnxruntime:onnxruntime:"
                + VERSION
                + " has those of linux-x64, linux-aarch64, osx-aarch64 and win-x64");
      }
      Path part = Files.createTempFile(folder, library, ".part");
      Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static String platform() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String system = os.contains("mac") ? "osx" : os.contains("win") ? "win" : "linux";
    return system + (arch.equals("aarch64") || arch.equals("arm64") ? "-aarch64" : "-x64");
  }

  private static InputException notLoaded(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) root = root.getCause();
    String message = String.valueOf(root.getMessage());
    if (message.contains("another classloader")) {
      return new InputException(
          "ONNX Runtime is already loaded by another class loader of this JVM, and Java loads a"
              + " native library once. Move com.microsoft.onnxruntime:onnxruntime to a class loader"
              + " that is a parent of both, such as the server's shared lib directory",
          e);
    }
    return new InputException(
        "ONNX Runtime's native library was not loaded: "
            + message
            + ". Expected the jar com.microsoft.onnxruntime:onnxruntime:"
            + VERSION
            + " on the class path, and a temporary directory that can be written, or the system"
            + " property "
            + NATIVES_DIR,
        e);
  }

  /** What the runtime says when it doesn't take a model. */
  static InputException refused(OrtException e) {
    return new InputException(
        "ONNX Runtime "
            + VERSION
            + " does not take the model: "
            + e.getMessage()
            + ". This backend writes ONNX "
            + "opset "
            + GraphBuilder.OPSET
            + "; another version of com.microsoft.onnxruntime:onnxruntime on the class path may"
            + " not know it",
        e);
  }
}
