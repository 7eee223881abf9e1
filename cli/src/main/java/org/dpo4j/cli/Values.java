package org.dpo4j.cli;

import java.util.Locale;
import org.dpo4j.service.InputException;
import picocli.CommandLine.TypeConversionException;

/** Text of the command line as values; what doesn't fit says what was expected. */
final class Values {
  private Values() {}

  static Double number(String text) {
    if (text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
      double value = Double.parseDouble(text);
      if (Double.isFinite(value)) return value;
    }
    throw expected("a number", text);
  }

  static Integer integer(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw expected("a whole number", text);
    }
  }

  static Long longInteger(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw expected("a whole number", text);
    }
  }

  static Boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw expected("true or false", text);
    };
  }

  /** Of an option that may also be a word. */
  static int wholeNumber(String option, String text) {
    if (text.equals("auto")) {
      throw new InputException(NotInThisVersion.refusal(option + " auto"));
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InputException("%s is \"%s\", expected a whole number.".formatted(option, text), e);
    }
  }

  private static TypeConversionException expected(String what, String text) {
    return new TypeConversionException("\"%s\" is not %s".formatted(text, what));
  }
}
