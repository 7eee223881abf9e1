package org.dpo4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import org.dpo4j.service.InputException;

/** The runtime of this process. */
final class OnnxRuntime {
  /** What this backend was built and tested with. */
  static final String VERSION = "1.29.0";

  /** The coordinates of the runtime. */
  static final String ARTIFACT = "com.microsoft.onnxruntime:onnxruntime:" + VERSION;

  /**
   * The oldest minor version of 1.x that passes this backend's tests. Until 1.23 attention in a
   * window gives other numbers; until 1.20 the folder of the weights is unknown, and a file of the
   * same name in the working directory would be taken.
   */
  private static final int OLDEST = 24;

  /** The same for attention with a soft cap, which bends the mask, too, until 1.26. */
  private static final int OLDEST_THAT_CAPS = 28;

  private OnnxRuntime() {}

  /** There is one in a process; it outlives all sessions. */
  static synchronized OrtEnvironment environment() {
    OnnxNatives.unpack();
    try {
      OrtEnvironment environment =
          OnnxThread.call(
              () ->
                  OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "dpo4j"));
      checkVersion(environment.getVersion());
      return environment;
    } catch (LinkageError e) {
      throw notLoaded(e);
    }
  }

  /**
   * Refuses a runtime that is too old for soft caps.
   *
   * @param version as the runtime tells it, {@code 1.29.0} say
   */
  static void checkCaps(String version) {
    check(version, OLDEST_THAT_CAPS, " for attention with a soft cap");
  }

  /**
   * Refuses a runtime that is too old for any model.
   *
   * @param version as the runtime tells it
   */
  static void checkVersion(String version) {
    check(version, OLDEST, "");
  }

  private static void check(String version, int oldest, String purpose) {
    String[] parts = version.split("\\.", -1);
    if (parts[0].equals("1") && Integer.parseInt(parts[1]) < oldest) {
      throw new InputException(
          "ONNX Runtime %s is on the class path, expected 1.%d or later%s. Put %s there"
              .formatted(version, oldest, purpose, ARTIFACT));
    }
  }

  private static InputException notLoaded(LinkageError e) {
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
        "ONNX Runtime's native library was not loaded: %s. Expected %s on the class path and a temporary directory that can be written; where nothing may be executed from it, set the system property %s to another"
            .formatted(message, ARTIFACT, OnnxNatives.DIRECTORY),
        e);
  }

  /** What the runtime says when it doesn't take a model. */
  static InputException refused(OrtException e, OrtEnvironment environment, int opset) {
    return new InputException(
        "ONNX Runtime %s does not take the model, which is written in ONNX opset %d: %s. This backend was tested with %s"
            .formatted(environment.getVersion(), opset, e.getMessage(), ARTIFACT),
        e);
  }
}
