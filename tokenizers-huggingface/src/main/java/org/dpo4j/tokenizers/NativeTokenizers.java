package org.dpo4j.tokenizers;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import ai.djl.util.Utils;
import java.util.HashMap;
import java.util.Map;
import org.dpo4j.service.InputException;

/**
 * Loads the native library out of DJL's jar, never over the network. DJL reads its settings from
 * system properties and its resources through the thread's context class loader; both are set for
 * as long as it loads, and put back.
 */
final class NativeTokenizers {
  /** The system property that says where natives are unpacked; by default DJL's own place. */
  static final String NATIVES_DIR = "dpo4j.natives.dir";

  /** The jar that holds the natives. */
  static final String JAR = "ai.djl.huggingface:tokenizers:0.36.0";

  private NativeTokenizers() {}

  /**
   * The library, loaded if it wasn't.
   *
   * @throws InputException where there is no library for this platform, or another class loader has
   *     it
   */
  @SuppressWarnings(
      "LockOnNonEnclosingClassLiteral") // others that start a part of DJL set the same
  static TokenizersLibrary load() {
    synchronized (Utils.class) {
      Map<String, String> settings = new HashMap<>();
      settings.put("ai.djl.offline", "true");
      settings.put("OPT_OUT_TRACKING", "true");
      String natives = System.getProperty(NATIVES_DIR);
      if (natives != null) settings.put("ENGINE_CACHE_DIR", natives);
      Map<String, String> before = new HashMap<>();
      settings.keySet().forEach(key -> before.put(key, System.getProperty(key)));
      Thread thread = Thread.currentThread();
      ClassLoader loader = thread.getContextClassLoader();
      try {
        settings.forEach(System::setProperty);
        thread.setContextClassLoader(TokenizersLibrary.class.getClassLoader());
        LibUtils.checkStatus();
        return TokenizersLibrary.LIB;
      } catch (EngineException | LinkageError e) {
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
  }

  /** What a failure to load means, in words. */
  static InputException explained(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) root = root.getCause();
    String message = String.valueOf(root.getMessage());
    if (message.contains("another classloader")) {
      return new InputException(
          "The tokenizer library is already loaded by another class loader of this JVM, and Java"
              + " loads a native library once. Move "
              + JAR
              + " and ai.djl:api to a class loader that is a parent of both, such as the server's"
              + " shared lib directory",
          failure);
    }
    return new InputException(
        ("The tokenizer library cannot be loaded on %s %s: %s. Its jar, %s, brings natives for"
                + " linux-x86_64, linux-aarch64, osx-aarch64 and win-x86_64, and unpacks them under"
                + " the directory that the system property %s names (a writable one); a library"
                + " built for another platform is taken from the directory that the environment"
                + " variable RUST_LIBRARY_PATH names.")
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                message,
                JAR,
                NATIVES_DIR),
        failure);
  }
}
