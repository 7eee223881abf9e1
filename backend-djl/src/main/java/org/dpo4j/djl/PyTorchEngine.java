package org.dpo4j.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.service.InputException;

/**
 * Starts PyTorch in this JVM, from jars on the class path and without the network. DJL reads its
 * settings from system properties and its resources from the thread's context class loader; both
 * are set while it starts and put back.
 */
final class PyTorchEngine {
  /** What {@link NativeCalls} was read from. */
  static final String DJL_VERSION = "0.36.0";

  /** What DJL's jar of native calls was built against. */
  static final String PYTORCH_VERSION = "2.7.1";

  /** Where DJL publishes that PyTorch for. */
  private static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-aarch64", "osx-aarch64", "win-x86_64");

  /** The system property that says where natives are unpacked. */
  static final String NATIVES_DIR = "dpo4j.natives.dir";

  private PyTorchEngine() {}

  /**
   * Starts the engine if that wasn't done yet; returns a scope for a session's native memory. Parts
   * of DJL that others start, like its tokenizers, read the same properties: all take one lock.
   */
  @SuppressWarnings(
      "LockOnNonEnclosingClassLiteral") // others that start a part of DJL set the same
  static PtNDManager newScope() {
    synchronized (Utils.class) {
      return start();
    }
  }

  private static PtNDManager start() {
    checkVersion(Engine.class.getPackage().getSpecificationVersion());
    Map<String, String> properties = new HashMap<>();
    properties.put("ai.djl.offline", "true");
    properties.put("OPT_OUT_TRACKING", "true");
    String natives = System.getProperty(NATIVES_DIR);
    if (natives != null) properties.put("ENGINE_CACHE_DIR", natives);
    Map<String, String> before = new HashMap<>();
    properties.forEach((key, value) -> before.put(key, System.getProperty(key)));
    Thread thread = Thread.currentThread();
    ClassLoader loader = thread.getContextClassLoader();
    try {
      properties.forEach(System::setProperty);
      thread.setContextClassLoader(PtEngine.class.getClassLoader());
      checkNatives();
      return (PtNDManager) Engine.getEngine(PtEngine.ENGINE_NAME).newBaseManager(Device.cpu());
    } catch (EngineException e) {
      throw explained(e);
    } finally {
      thread.setContextClassLoader(loader);
      before.forEach(
          (key, value) -> {
            if (value == null) System.clearProperty(key);
            else System.setProperty(key, value);
          });
    }
  }

  static void checkVersion(String found) {
    if (!DJL_VERSION.equals(found)) {
      throw new InputException(
          "the djl backend needs DJL "
              + DJL_VERSION
              + ", whose native calls it was built for; on the class path is DJL "
              + found
              + ". Set ai.djl:api and ai.djl.pytorch:pytorch-engine to "
              + DJL_VERSION);
    }
  }

  private static void checkNatives() {
    if (Utils.getEnvOrSystemProperty("PYTORCH_LIBRARY_PATH") != null) return;
    Platform platform = Platform.detectPlatform("pytorch");
    if (platform.isPlaceholder()) throw missing(platform.getClassifier());
  }

  /** The error where the library of a platform is not on the class path. */
  static InputException missing(String classifier) {
    if (!PLATFORMS.contains(classifier)) {
      return new InputException(
          "PyTorch %s is not published for %s, only for %s"
              .formatted(PYTORCH_VERSION, classifier, String.join(", ", PLATFORMS)));
    }
    String artifact = "ai.djl.pytorch:pytorch-native-cpu:" + PYTORCH_VERSION + ":" + classifier;
    return new InputException(
        ("PyTorch's native library for %s is not on the class path. Add %s at runtime scope. Maven:"
                + " <groupId>ai.djl.pytorch</groupId><artifactId>pytorch-native-cpu</artifactId>"
                + "<version>%s</version><classifier>%s</classifier><scope>runtime</scope>; Gradle:"
                + " runtimeOnly(\"%s\")")
            .formatted(classifier, artifact, PYTORCH_VERSION, classifier, artifact));
  }

  /** What went wrong, in terms of what a person can change. */
  static RuntimeException explained(EngineException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      String message = String.valueOf(t.getMessage());
      if (t instanceof UnsatisfiedLinkError && message.contains("another classloader")) {
        return new InputException(
            "PyTorch is already loaded by another class loader of this JVM, and Java loads a native"
                + " library once. Move DJL's jars (ai.djl:api, ai.djl.pytorch:*) to a class loader"
                + " that is a parent of both, such as the server's shared lib directory",
            e);
      }
      if (message.startsWith("Cannot download") || message.startsWith("Failed to download")) {
        return new InputException(
            ("DJL found no native library that fits, and nothing is downloaded. What belongs"
                    + " together: ai.djl:api and ai.djl.pytorch:pytorch-engine %s,"
                    + " ai.djl.pytorch:pytorch-jni %s-%s, ai.djl.pytorch:pytorch-native-cpu %s. %s")
                .formatted(DJL_VERSION, PYTORCH_VERSION, DJL_VERSION, PYTORCH_VERSION, message),
            e);
      }
      if (t instanceof IOException) {
        return new InputException(
            "PyTorch's native library can't be unpacked to "
                + Utils.getEngineCacheDir("pytorch")
                + ": "
                + t
                + ". Set the system property "
                + NATIVES_DIR
                + " to a directory that can be written",
            e);
      }
    }
    return e;
  }
}
