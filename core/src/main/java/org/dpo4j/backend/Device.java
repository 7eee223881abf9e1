package org.dpo4j.backend;

/**
 * Where a session computes.
 *
 * @param name {@code cpu}; later {@code cuda:0}
 */
public record Device(String name) {
  public static final Device CPU = new Device("cpu");
}
