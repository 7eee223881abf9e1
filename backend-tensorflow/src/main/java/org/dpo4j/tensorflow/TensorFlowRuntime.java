package org.dpo4j.tensorflow;

import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.dpo4j.service.InputException;
import org.tensorflow.TensorFlow;

/** The library of this process. */
final class TensorFlowRuntime {
  /** What this backend was built and tested with. */
  static final String VERSION = "1.1.0";

  /** The system property that says where natives are unpacked. */
  static final String NATIVES_DIR = "dpo4j.natives.dir";

  /** The property of JavaCPP, which unpacks and loads. */
  private static final String CACHE = "org.bytedeco.javacpp.cachedir";

  /**
   * Of JavaCPP too: how much it may allocate, and how much the whole process may hold. By default
   * as much as the Java heap, and four times that; above it each tensor waits a second for the
   * garbage collector and then fails, whoever holds the memory. Nothing here is left to the
   * collector, so there is nothing to wait for.
   */
  private static final List<String> LIMITS =
      List.of("org.bytedeco.javacpp.maxBytes", "org.bytedeco.javacpp.maxPhysicalBytes");

  private TensorFlowRuntime() {}

  /** Loads the library if that wasn't done yet. */
  static synchronized void load() {
    String directory = System.getProperty(NATIVES_DIR);
    if (directory != null && System.getProperty(CACHE) == null) {
      System.setProperty(CACHE, Path.of(directory).resolve("tensorflow").toString());
    }
    for (String limit : LIMITS) {
      if (System.getProperty(limit) == null) System.setProperty(limit, "0");
    }
    try {
      TensorFlow.version();
    } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
      throw notLoaded(e);
    }
  }

  private static InputException notLoaded(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) root = root.getCause();
    String message = String.valueOf(root.getMessage());
    if (message.contains("another classloader")) {
      return new InputException(
          "TensorFlow is already loaded by another class loader of this JVM, and Java loads a native"
              + " library once. Move the jars of org.tensorflow and org.bytedeco to a class loader"
              + " that is a parent of both, such as the server's shared lib directory",
          e);
    }
    String classifier = Loader.getPlatform();
    return new InputException(
        "TensorFlow's native library was not loaded: "
            + message
            + ". Expected org.tensorflow:tensorflow-core-native:"
            + VERSION
            + ":"
            + classifier
            + " at runtime scope on the class path. Maven: <groupId>org.tensorflow</groupId>"
            + "<artifactId>tensorflow-core-native</artifactId><version>"
            + VERSION
            + "</version><classifier>"
            + classifier
            + "</classifier><scope>runtime</scope>; Gradle:"
            + " runtimeOnly(\"org.tensorflow:tensorflow-core-native:"
            + VERSION
            + ":"
            + classifier
            + "\"). It is unpacked to ~/.javacpp, or to the system property "
            + NATIVES_DIR,
        e);
  }
}
