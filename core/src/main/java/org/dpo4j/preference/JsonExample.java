package org.dpo4j.preference;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dpo4j.preference.JsonFields.Field;
import org.dpo4j.preference.JsonFields.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Makes an example of a record's fields: a pair of {@code chosen} and {@code rejected}, or a {@code
 * completion} to imitate. Each part is text, or token ids under the same name with {@code _ids}. A
 * pair of texts may leave its prompt implicit.
 */
final class JsonExample {
  private static final String IDS = "_ids";

  /** The fields that hold token ids. */
  static final Set<String> ID_FIELDS =
      Set.of("prompt_ids", "chosen_ids", "rejected_ids", "completion_ids");

  private final JsonRecords.Raw raw;
  private final Map<String, Field> fields;
  private final boolean ids;

  private JsonExample(JsonRecords.Raw raw, Map<String, Field> fields) {
    this.raw = raw;
    this.fields = fields;
    this.ids =
        List.of("chosen", "rejected", "completion").stream()
            .anyMatch(part -> fields.containsKey(part + IDS));
  }

  static PreferenceExample read(JsonRecords.Raw raw, long row) throws RecordProblem {
    return new JsonExample(raw, JsonFields.read(raw)).example(row);
  }

  private PreferenceExample example(long row) throws RecordProblem {
    if (has("chosen") || has("rejected")) return pair(row);
    if (has("completion")) {
      refuse("label", "thumbs up and down");
      return example(row, prompt(), List.of(completion("completion")), Judgement.NONE);
    }
    refuse("completions", "rankings");
    refuse("messages", "chats");
    throw problem(
        null,
        "has neither chosen and rejected nor prompt and completion, as text or as token ids"
            + " (chosen_ids, ...); its fields: "
            + String.join(", ", fields.keySet()));
  }

  private PreferenceExample pair(long row) throws RecordProblem {
    Completion chosen = completion("chosen");
    Completion rejected = completion("rejected");
    if (!has("prompt")
        && chosen.content() instanceof Content.Text longer
        && rejected.content() instanceof Content.Text other) {
      int length = ImplicitPrompt.length(longer.text(), other.text());
      return example(
          row,
          Prompt.of(longer.text().substring(0, length)),
          List.of(
              Completion.of(longer.text().substring(length)),
              Completion.of(other.text().substring(length))),
          Judgement.PAIR);
    }
    return example(row, prompt(), List.of(chosen, rejected), Judgement.PAIR);
  }

  private PreferenceExample example(
      long row, Prompt prompt, List<Completion> completions, Judgement judgement) {
    Set<String> parts =
        judgement == Judgement.PAIR
            ? Set.of("prompt", "chosen", "rejected")
            : Set.of("prompt", "completion");
    Map<String, Object> columns = new HashMap<>();
    fields.forEach(
        (name, field) -> {
          boolean part = parts.contains(ids ? name.replace(IDS, "") : name);
          boolean scalar = !(field.value() instanceof Shape || field.value() instanceof TokenIds);
          if (scalar && !part) columns.put(name, field.value());
        });
    return new PreferenceExample(row, prompt, completions, judgement, columns);
  }

  private boolean has(String part) {
    return fields.containsKey(part) || fields.containsKey(part + IDS);
  }

  private void refuse(String name, String what) throws RecordProblem {
    if (fields.containsKey(name)) throw problem(name, what + " are not in this version");
  }

  private Prompt prompt() throws RecordProblem {
    return new Prompt(content("prompt"));
  }

  private Completion completion(String part) throws RecordProblem {
    Content content = content(part);
    boolean empty =
        content instanceof Content.Text text
            ? text.text().isEmpty()
            : content instanceof Content.Tokens tokens && tokens.ids().isEmpty();
    if (empty) throw problem(name(part), "is empty: a completion has at least one token");
    return new Completion(content);
  }

  private String name(String part) {
    return ids ? part + IDS : part;
  }

  private Content content(String part) throws RecordProblem {
    String other = ids ? part : part + IDS;
    if (fields.containsKey(other)) {
      throw problem(
          other,
          ids
              ? "is text beside token ids: a row is one or the other"
              : "holds token ids beside text: a row is one or the other");
    }
    Field field = fields.get(name(part));
    if (field == null) throw problem(name(part), "is missing");
    if (!ids && field.value() instanceof String text) return new Content.Text(text);
    if (field.value() instanceof TokenIds tokens) return new Content.Tokens(tokens);
    if (!ids && field.value() == Shape.MESSAGES) refuse(name(part), "chats (lists of messages)");
    throw problem(
        name(part),
        "is %s, expected %s".formatted(words(field.value()), ids ? "a list of token ids" : "text"));
  }

  private static String words(Object value) {
    if (value instanceof Shape shape) return shape.words;
    if (value instanceof String) return "text";
    return value instanceof Boolean ? "a boolean" : "a number";
  }

  private RecordProblem problem(@Nullable String name, String message) {
    Field field = name == null ? null : fields.get(name);
    return new RecordProblem(field == null ? raw.line() : field.line(), name, message);
  }
}
