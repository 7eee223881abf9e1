package org.dpo4j.tokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.dpo4j.tokenization.Tokenizer;
import org.dpo4j.tokenization.Tokenizers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FIELD J02: a server's applications, each with dpo4j in a class loader of its own. */
class ClassLoadersTest {
  @TempDir Path directory;

  @BeforeEach
  void write() throws IOException {
    ModelDirectory.write(directory, ModelDirectory.words());
  }

  /** The tests' own class path without dpo4j: what a server's shared lib directory holds. */
  private static final class Server extends ClassLoader {
    Server() {
      super(ClassLoadersTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("org.dpo4j.")) throw new ClassNotFoundException(name);
      return super.loadClass(name, resolve);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return name.contains("org.dpo4j") ? Collections.emptyEnumeration() : super.getResources(name);
    }
  }

  @Test
  void siblingsShareTheLibraryOfTheirParent() throws Exception {
    ClassLoader server = new Server();
    List<WeakReference<ClassLoader>> dropped = new ArrayList<>();
    try (URLClassLoader stays = application(server)) {
      for (int round = 0; round < 3; round++) {
        try (URLClassLoader other = application(server)) {
          assertNotSame(stays.loadClass(NAME), other.loadClass(NAME));
          assertEquals("[1, 3, 4]", encode(stays));
          assertEquals("[1, 3, 4]", encode(other));
          dropped.add(new WeakReference<>(other));
        }
      }
    }
    for (WeakReference<ClassLoader> loader : dropped) {
      for (int i = 0; i < 50 && loader.get() != null; i++) {
        System.gc();
        Thread.sleep(20);
      }
      assertNull(loader.get(), "something pins a dropped class loader");
    }
  }

  @Test
  void siblingWithItsOwnLibraryIsToldWhereToPutIt() throws Exception {
    Tokenizers.open(directory).close(); // the first one has it
    List<URL> all = new ArrayList<>();
    for (String entry :
        System.getProperty("java.class.path").split(File.pathSeparator, /* limit= */ -1)) {
      all.add(new File(entry).toURI().toURL());
    }
    try (URLClassLoader second =
        new URLClassLoader(all.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      for (int attempt = 0; attempt < 2; attempt++) {
        Throwable refusal =
            assertThrows(InvocationTargetException.class, () -> encode(second)).getCause();
        assertEquals("org.dpo4j.service.InputException", refusal.getClass().getName());
        assertTrue(
            refusal.getMessage().contains("to a class loader that is a parent of both"),
            refusal::getMessage);
      }
    }
  }

  private static final String NAME = "org.dpo4j.tokenization.Tokenizers";

  private static URLClassLoader application(ClassLoader parent) {
    URL core = Tokenizer.class.getProtectionDomain().getCodeSource().getLocation();
    URL module =
        HuggingFaceTokenizerFactory.class.getProtectionDomain().getCodeSource().getLocation();
    return new URLClassLoader(new URL[] {core, module}, parent);
  }

  /** Opens a tokenizer with the classes of a class loader, encodes two words and closes it. */
  private String encode(ClassLoader loader) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      Object tokenizer =
          loader.loadClass(NAME).getMethod("open", Path.class).invoke(null, directory);
      Class<?> type = loader.loadClass(Tokenizer.class.getName());
      Object ids =
          type.getMethod("encode", String.class, boolean.class).invoke(tokenizer, "a b", true);
      type.getMethod("close").invoke(tokenizer);
      return ids.toString();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
