package org.dpo4j.preference;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one record's fields. Scalars are kept; of lists only those of token ids are, by their
 * field's name; all other values leave their {@link Shape}.
 */
final class JsonFields {
  /** A value that is no scalar and no list of ids, in words that continue "the field is". */
  enum Shape {
    NULL("null"),
    OBJECT("an object"),
    LIST("a list"),
    MESSAGES("a list of objects");

    final String words;

    Shape(String words) {
      this.words = words;
    }
  }

  /**
   * @param value a String, Long, Double, Boolean, TokenIds or Shape
   * @param line where its name stands in the file, from 1
   */
  record Field(Object value, long line) {}

  /** Texts may be as long as a record; the other limits are Jackson's own. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private final JsonRecords.Raw raw;
  private final Map<String, Field> fields = new LinkedHashMap<>();

  private JsonFields(JsonRecords.Raw raw) {
    this.raw = raw;
  }

  /** The record's fields by name, in its order. */
  static Map<String, Field> read(JsonRecords.Raw raw) throws RecordProblem {
    JsonFields reading = new JsonFields(raw);
    if (raw.damage() != null) throw new RecordProblem(raw.line(), null, raw.damage());
    int invalid = firstInvalid(raw);
    reading.read(invalid < 0 ? raw.to() : invalid, invalid >= 0);
    return reading.fields;
  }

  /**
   * Reads what comes before a place.
   *
   * @param invalid whether a byte is there that UTF-8 doesn't allow: then reading up to it finds
   *     its field and line
   */
  private void read(int to, boolean invalid) throws RecordProblem {
    try (JsonParser parser = JSON.createParser(raw.bytes(), raw.from(), to - raw.from())) {
      try {
        record(parser);
      } catch (JsonProcessingException e) {
        if (!invalid) throw notJson(parser, e);
      } catch (RecordProblem e) {
        if (!invalid) throw e;
      }
      if (invalid) throw notUtf8(parser, to);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory does not fail", e);
    }
  }

  private void record(JsonParser parser) throws IOException, RecordProblem {
    JsonToken first = parser.nextToken();
    if (first != JsonToken.START_OBJECT) {
      throw problem(parser, "is no object, expected one such as {\"chosen\": ..., ...}");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      long line = line(parser);
      if (fields.containsKey(name)) throw problem(parser, "is there twice");
      parser.nextToken();
      fields.put(name, new Field(value(parser, name), line));
    }
    if (parser.nextToken() != null) {
      throw problem(parser, "goes on after its object: one record a line, or one array");
    }
  }

  private Object value(JsonParser parser, String name) throws IOException, RecordProblem {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> text(parser);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> Shape.NULL;
      case START_ARRAY -> JsonExample.ID_FIELDS.contains(name) ? ids(parser) : list(parser);
      default -> {
        parser.skipChildren();
        yield Shape.OBJECT;
      }
    };
  }

  private String text(JsonParser parser) throws IOException, RecordProblem {
    String text = parser.getText();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) continue;
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else {
        throw problem(
            parser,
            "holds half of a surrogate pair, \\u%04x, as character %d: no text can be that"
                .formatted((int) c, text.codePointCount(0, i)));
      }
    }
    return text;
  }

  private Object number(JsonParser parser) throws IOException, RecordProblem {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      return parser.getLongValue();
    }
    double number = parser.getDoubleValue();
    if (!Double.isFinite(number)) throw problem(parser, "is a number out of range");
    return number;
  }

  private Object list(JsonParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    while (parser.currentToken() != JsonToken.END_ARRAY) {
      parser.skipChildren();
      parser.nextToken();
    }
    return first == JsonToken.START_OBJECT ? Shape.MESSAGES : Shape.LIST;
  }

  private Object ids(JsonParser parser) throws IOException, RecordProblem {
    int[] ids = new int[64];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
          || parser.getNumberType() != JsonParser.NumberType.INT
          || parser.getIntValue() < 0) {
        throw problem(
            parser,
            "holds %s at place %d, expected token ids: integers from 0"
                .formatted(parser.getText(), count));
      }
      if (count == ids.length) ids = Arrays.copyOf(ids, 2 * count);
      ids[count++] = parser.getIntValue();
    }
    return TokenIds.of(Arrays.copyOf(ids, count));
  }

  private long line(JsonParser parser) {
    return raw.line() + parser.currentTokenLocation().getLineNr() - 1;
  }

  private RecordProblem problem(JsonParser parser, String message) {
    return new RecordProblem(line(parser), field(parser), message);
  }

  private RecordProblem notJson(JsonParser parser, JsonProcessingException e) {
    JsonLocation at = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
    return new RecordProblem(
        raw.line() + at.getLineNr() - 1,
        field(parser),
        "is not JSON: %s (column %d)".formatted(e.getOriginalMessage(), at.getColumnNr()));
  }

  private RecordProblem notUtf8(JsonParser parser, int at) {
    long offset = raw.offset() + at - raw.from();
    return problem(
        parser,
        "is not UTF-8: byte %02x at offset %d of the text".formatted(raw.bytes()[at], offset));
  }

  /** The record's field that the parser is in or behind; null before the first. */
  private static @Nullable String field(JsonParser parser) {
    JsonStreamContext context = parser.getParsingContext();
    while (context.getParent() != null && !context.getParent().inRoot()) {
      context = context.getParent();
    }
    return context.getCurrentName();
  }

  /** Where the first byte is that UTF-8 doesn't allow, or -1. */
  private static int firstInvalid(JsonRecords.Raw raw) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer bytes = ByteBuffer.wrap(raw.bytes(), raw.from(), raw.to() - raw.from());
    CharBuffer discarded = CharBuffer.allocate(Math.min(4096, 1 + bytes.remaining()));
    CoderResult result;
    do {
      result = decoder.decode(bytes, discarded.clear(), true);
    } while (result.isOverflow());
    return result.isError() ? bytes.position() : -1;
  }
}
