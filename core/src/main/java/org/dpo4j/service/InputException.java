package org.dpo4j.service;

/**
 * Bad input from a person: a file, an option, a combination. The message says what is wrong, where
 * (file, line, field, tensor, option), what was expected and what to do; programs print it without
 * a stack trace.
 */
public class InputException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public InputException(String message) {
    super(message);
  }

  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
