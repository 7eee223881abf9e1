package org.dpo4j.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpo4j.service.InputException;
import picocli.CommandLine.TypeConversionException;

/** Text of the command line as values; what doesn't fit says what was expected. */
final class Values {
  private static final Pattern BYTES = Pattern.compile("(\\d+\\.?\\d*)\\s*([kmgtKMGT]?)(i?)[bB]?");

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
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InputException("%s is \"%s\", expected a whole number.".formatted(option, text), e);
    }
  }

  /** {@code 8GB}, {@code 512 MiB}, {@code 6.5g}, or bytes. */
  static long bytes(String option, String text) {
    Matcher m = BYTES.matcher(text.strip());
    if (!m.matches()) {
      throw new InputException(
          "%s is \"%s\", expected bytes, as 8GB, 7.5GiB or 8000000000.".formatted(option, text));
    }
    int power = " kmgt".indexOf(m.group(2).isEmpty() ? " " : m.group(2).toLowerCase(Locale.ROOT));
    boolean binary = !m.group(3).isEmpty();
    return (long) (Double.parseDouble(m.group(1)) * Math.pow(binary ? 1024 : 1000, power));
  }

  private static TypeConversionException expected(String what, String text) {
    return new TypeConversionException("\"%s\" is not %s".formatted(text, what));
  }
}
