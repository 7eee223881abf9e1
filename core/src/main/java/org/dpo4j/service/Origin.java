package org.dpo4j.service;

import java.security.CodeSource;

/** Where a class comes from, for errors that are about somebody's plug-in. */
public final class Origin {
  private Origin() {}

  /** {@code mine.SomeLoss in /lib/mine.jar}. */
  public static String of(Class<?> type) {
    return type.getName() + " in " + jar(type);
  }

  /** The jar, or the folder of classes. */
  static String jar(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null
        ? "module " + type.getModule().getName()
        : ServiceFiles.jar(source.getLocation().toString());
  }
}
