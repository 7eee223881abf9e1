package org.dpo4j.service;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/**
 * Whether code that was built elsewhere fits what is here. A class that lacks a method fails only
 * when that is called, which may be hours into a run; here it fails at once.
 */
final class Completeness {
  private Completeness() {}

  /**
   * Requires every method of an interface.
   *
   * @throws AbstractMethodError naming the first that the class lacks
   */
  static void require(Class<?> type, Class<?> of) {
    if (Modifier.isAbstract(type.getModifiers())) return; // told better when it is made
    for (Method needed : of.getMethods()) {
      if (!Modifier.isAbstract(needed.getModifiers())) continue;
      boolean has =
          Arrays.stream(type.getMethods())
              .anyMatch(m -> !Modifier.isAbstract(m.getModifiers()) && same(m, needed));
      if (!has) {
        throw new AbstractMethodError(
            "%s lacks %s.%s".formatted(type.getName(), of.getSimpleName(), needed.getName()));
      }
    }
  }

  private static boolean same(Method one, Method other) {
    return one.getName().equals(other.getName())
        && one.getReturnType() == other.getReturnType()
        && Arrays.equals(one.getParameterTypes(), other.getParameterTypes());
  }

  /** What went wrong when code was loaded or run, and what to do where that is known. */
  static String why(Throwable e) {
    if (e instanceof ExceptionInInitializerError && e.getCause() != null) return why(e.getCause());
    String message = String.valueOf(e.getMessage());
    if (e instanceof UnsupportedClassVersionError) {
      return message + ". It takes a newer Java, or a build for this one";
    }
    if (e instanceof NoClassDefFoundError && !message.contains(" ")) {
      return "it needs the class %s, which is missing. Put the jar that has it beside"
          .formatted(message.replace('/', '.'));
    }
    if (e instanceof IncompatibleClassChangeError) {
      return "it was built for another version of what it uses (%s). Build it for this one"
          .formatted(e);
    }
    return e.toString();
  }
}
