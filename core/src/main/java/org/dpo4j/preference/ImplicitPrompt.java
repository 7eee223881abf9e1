package org.dpo4j.preference;

/**
 * Finds the prompt that two texts share, as TRL's {@code extract_prompt} does it: the common prefix
 * of characters (Unicode code points), without its last one if that is a space, so that the space
 * begins the completions. Where one text begins with the whole of the other, its last character
 * stays a completion. Unlike there, texts that differ in their first character have no common
 * prompt, whatever they end with.
 */
final class ImplicitPrompt {
  private ImplicitPrompt() {}

  /**
   * The length of the prompt in {@code char}s; never between the halves of a surrogate pair.
   *
   * @param chosen not empty, without lone surrogates
   * @param rejected likewise
   */
  static int length(String chosen, String rejected) {
    int shorter = Math.min(chosen.length(), rejected.length());
    int length = 0;
    while (length < shorter && chosen.charAt(length) == rejected.charAt(length)) length++;
    if (length == shorter) {
      return chosen.offsetByCodePoints(length, -1);
    }
    if (length > 0 && Character.isHighSurrogate(chosen.charAt(length - 1))) length--;
    return length > 0 && chosen.charAt(length - 1) == ' ' ? length - 1 : length;
  }
}
