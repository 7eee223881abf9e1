package org.dpo4j.service;

/** A plug-in that people choose by name. Found by {@link java.util.ServiceLoader}. */
public interface NamedService {
  /**
   * The name on the command line and in Java: lower case, unique among the plug-ins of its kind.
   */
  String name();
}
