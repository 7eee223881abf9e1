package org.example.story;

import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A phrase with slots, such as "{Thing} {was}, and only {person} knew the secret of it." A slot
 * whose name begins with a capital capitalizes what fills it.
 */
record Template(String text) {
  static final Pattern SLOT = Pattern.compile("\\{(\\w+)}");

  /**
   * The phrase with every slot filled.
   *
   * @param values by the slot's name in lower case
   */
  String fill(Map<String, String> values) {
    return replaceSlots(slot -> capitalizedLike(slot, value(slot, values)));
  }

  /** The text with each slot replaced by what the function makes of its name as it is written. */
  String replaceSlots(UnaryOperator<String> replacement) {
    return SLOT.matcher(text)
        .replaceAll(slot -> Matcher.quoteReplacement(replacement.apply(slot.group(1))));
  }

  /** The name of a slot in lower case: what {Thing} and {thing} both are. */
  static String slotName(String written) {
    return written.toLowerCase(Locale.ROOT);
  }

  /** The value with a capital first letter where the slot is written with one. */
  static String capitalizedLike(String slot, String value) {
    return Character.isUpperCase(slot.charAt(0))
        ? Character.toUpperCase(value.charAt(0)) + value.substring(1)
        : value;
  }

  private String value(String slot, Map<String, String> values) {
    String value = values.get(slotName(slot));
    if (value == null) {
      throw new IllegalArgumentException("nothing fills {%s} of: %s".formatted(slot, text));
    }
    return value;
  }
}
