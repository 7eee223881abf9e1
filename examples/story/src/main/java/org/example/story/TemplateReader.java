package org.example.story;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads a filled template back: which phrase stands in which slot. */
final class TemplateReader {
  private record Slot(String name, Map<String, String> phraseAsWritten) {}

  private final List<Slot> slots = new ArrayList<>();
  private final Pattern pattern;

  /**
   * @param phrases what can fill a slot, by the slot's name in lower case
   */
  TemplateReader(Template template, Map<String, List<String>> phrases) {
    StringBuilder regex = new StringBuilder();
    int end = 0;
    String text = template.text();
    Matcher slot = Template.SLOT.matcher(text);
    while (slot.find()) {
      regex.append(Pattern.quote(text.substring(end, slot.start())));
      regex.append(addSlot(slot.group(1), phrases));
      end = slot.end();
    }
    pattern = Pattern.compile(regex + Pattern.quote(text.substring(end)));
  }

  private String addSlot(String written, Map<String, List<String>> phrases) {
    String name = Template.slotName(written);
    Map<String, String> asWritten = new HashMap<>();
    for (String phrase : phrases.get(name)) {
      asWritten.put(Template.capitalizedLike(written, phrase), phrase);
    }
    slots.add(new Slot(name, asWritten));
    return asWritten.keySet().stream()
        .map(Pattern::quote)
        .collect(Collectors.joining("|", "(", ")"));
  }

  /** The phrases by slot name, or empty if the text is no filling of the template. */
  Optional<Map<String, String>> read(String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      String value = slot.phraseAsWritten().get(matcher.group(i + 1));
      String earlier = values.putIfAbsent(slot.name(), value);
      if (earlier != null && !earlier.equals(value)) {
        return Optional.empty();
      }
    }
    return Optional.of(values);
  }
}
