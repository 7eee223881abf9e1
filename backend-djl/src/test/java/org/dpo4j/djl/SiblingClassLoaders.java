package org.dpo4j.djl;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The main class of a JVM that is a server with two applications: siblings, each in a class loader
 * of its own. Uses nothing but the JDK.
 *
 * <p>Arguments: {@code shared} or {@code separate}, then the class path of the parent and that of
 * each sibling. Prints what came out, a line each.
 */
public final class SiblingClassLoaders {
  private static final String APPLICATION = "org.dpo4j.djl.SiblingApplication";
  private static final int ROUNDS = 3;

  private final URL[] siblingPath;
  private final ClassLoader parent;

  private SiblingClassLoaders(String parentPath, String siblingPath) throws MalformedURLException {
    this.siblingPath = urls(siblingPath);
    this.parent = new URLClassLoader(urls(parentPath), ClassLoader.getPlatformClassLoader());
  }

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    SiblingClassLoaders server = new SiblingClassLoaders(arguments[1], arguments[2]);
    if (arguments[0].equals("shared")) {
      server.shared();
    } else {
      server.separate();
    }
  }

  /** Engine and tokenizer in the parent: both work, whatever the context loader; none is pinned. */
  private void shared() throws Exception {
    List<WeakReference<ClassLoader>> dropped = new ArrayList<>();
    sideBySide(dropped);
    System.out.println("pinned " + pinned(dropped));
  }

  private void sideBySide(List<WeakReference<ClassLoader>> dropped) throws Exception {
    try (URLClassLoader first = sibling()) {
      dropped.add(new WeakReference<>(first));
      for (int round = 0; round < ROUNDS; round++) {
        try (URLClassLoader second = sibling()) {
          dropped.add(new WeakReference<>(second));
          System.out.println("first " + run(first, first));
          System.out.println("second " + run(second, second));
          System.out.println("without context " + run(second, null));
        }
      }
    }
  }

  /** Engine and tokenizer in each: the first works, the second works or says what to do. */
  private void separate() throws Exception {
    for (String name : List.of("first", "second")) {
      try (URLClassLoader sibling = sibling()) {
        System.out.println(name + " " + run(sibling, sibling));
      } catch (Exception e) {
        System.out.println(name + " stopped: " + e);
      }
    }
  }

  private URLClassLoader sibling() {
    return new URLClassLoader(siblingPath, parent);
  }

  private static Object run(ClassLoader application, ClassLoader context) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(context);
    try {
      Class<?> type = application.loadClass(APPLICATION);
      if (type.getClassLoader() != application) {
        throw new IllegalStateException(type + " is not the sibling's own");
      }
      return ((Callable<?>) type.getConstructor().newInstance()).call();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /**
   * A record of the server's own. JDK 17 keeps hold of the types in the record whose methods were
   * linked last, whoever's it is (a handle's {@code asTypeCache} in {@code
   * java.lang.runtime.ObjectMethods}); linking this one lets go of an application's.
   */
  private record Own(Thread component) {}

  private static long pinned(List<WeakReference<ClassLoader>> dropped) throws InterruptedException {
    Own own = new Own(Thread.currentThread());
    if (!own.equals(new Own(own.component)) || own.hashCode() == 0 || own.toString().isEmpty()) {
      throw new IllegalStateException("a record is not equal to itself");
    }
    for (int attempt = 0; attempt < 50; attempt++) {
      System.gc();
      if (dropped.stream().allMatch(r -> r.get() == null)) return 0;
      Thread.sleep(100);
    }
    return dropped.stream().filter(r -> r.get() != null).count();
  }

  private static URL[] urls(String path) throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : path.split(File.pathSeparator, -1)) {
      if (!entry.isEmpty()) urls.add(new File(entry).toURI().toURL());
    }
    return urls.toArray(new URL[0]);
  }
}
