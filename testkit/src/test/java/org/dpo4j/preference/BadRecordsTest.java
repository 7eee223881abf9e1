package org.dpo4j.preference;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dpo4j.service.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every malformed record is reported with file, line and field, and costs only itself. */
class BadRecordsTest {
  private static final String GOOD = "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}";

  @TempDir Path directory;

  /** In lines and in an array, between good rows; quotes are written as ' here. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      value = {
        "{'prompt':'p','chosen':'a','rejected':null}       | rejected | is null, expected text",
        "{'prompt':null,'chosen':'a','rejected':'b'}       | prompt   | is null, expected text",
        "{'prompt':'p','chosen':'a'}                       | rejected | is missing",
        "{'prompt':'p','rejected':'a'}                     | chosen   | is missing",
        "{'prompt':'p','chosen':5,'rejected':'b'}          | chosen   | is a number, expected text",
        "{'prompt':'p','chosen':true,'rejected':'b'}       | chosen   | is a boolean, expected text",
        "{'prompt':'p','chosen':{'a':1},'rejected':'b'}    | chosen   | is an object, expected text",
        "{'prompt':'p','chosen':['a'],'rejected':'b'}      | chosen   | is a list, expected text",
        "{'prompt':[{'role':'user'}],'chosen':'a','rejected':'b'} | prompt | not in this version",
        "{'messages':[{'role':'user','content':'a'}]}      | messages | not in this version",
        "{'prompt':'p','completion':'a','label':true}      | label    | not in this version",
        "{'prompt':'p','completions':['a','b'],'ranks':[0,1]} | completions | not in this version",
        "{'prompt':'p','chosen':'a','chosen':'c','rejected':'b'} | chosen | is there twice",
        "{'prompt':'p','chosen':'','rejected':'b'}         | chosen   | is empty",
        "{'chosen':'a','rejected':''}                      | rejected | is empty",
        "{'prompt':'p','completion':''}                    | completion | is empty",
        "{'completion':'a'}                                | prompt   | is missing",
        "{'prompt':'p'}                                    | -        | its fields: prompt",
        "{}                                                | -        | its fields:",
        "{'prompt':'p','chosen':'ok \\ud83d','rejected':'b'} | chosen | \\ud83d, as character 3",
        "{'prompt':'p','chosen':'\\ude00!','rejected':'b'} | chosen   | \\ude00, as character 0",
        "{'prompt':'p','chosen':'a','rejected':'b','note':'\\ud83dx'} | note | half of a surrogate",
        "{'prompt_ids':[1],'chosen_ids':[2,-3],'rejected_ids':[4]} | chosen_ids | -3 at place 1",
        "{'prompt_ids':[1],'chosen_ids':[2.0],'rejected_ids':[4]}  | chosen_ids | 2.0 at place 0",
        "{'prompt_ids':['1'],'chosen_ids':[2],'rejected_ids':[4]}  | prompt_ids | 1 at place 0",
        "{'prompt_ids':[1],'chosen_ids':[[2]],'rejected_ids':[4]}  | chosen_ids | at place 0",
        "{'prompt_ids':[3000000000],'chosen_ids':[2],'rejected_ids':[4]} | prompt_ids | 3000000000",
        "{'prompt_ids':[1],'chosen_ids':[],'rejected_ids':[4]}     | chosen_ids | is empty",
        "{'prompt_ids':[1],'chosen_ids':'2','rejected_ids':[4]}    | chosen_ids | is text, expected a list",
        "{'chosen_ids':[2],'rejected_ids':[4]}             | prompt_ids | is missing",
        "{'prompt':'p','chosen_ids':[2],'rejected_ids':[4]} | prompt  | is text beside token ids",
        "{'prompt_ids':[1],'chosen':'a','rejected':'b'}    | prompt_ids | token ids beside text",
        "{'prompt':'p','chosen':'a',rejected:'b'}          | chosen   | is not JSON",
        "{'prompt':'p','chosen':'a','rejected':'b','score':NaN} | score | is not JSON",
        "{'prompt':'p','chosen':'a','rejected':'b','score':1e999} | score | out of range",
        "{'prompt':'p','chosen':'a','rejected':'b'} {}     | -        | goes on after its object",
        "'text'                                            | -        | is no object",
        "17                                                | -        | is no object",
        "]x                                                | -        | -"
      })
  void isNamed(String record, String field, String problem) throws IOException {
    String json = record.replace('\'', '"');
    List<PreferenceRow> rows = Written.rows(directory, GOOD + "\n" + json + "\n" + GOOD + "\n");
    check(rows, "pairs.jsonl:2", field, problem);
    if (problem == null) return; // what closes the array ends it there
    Path array =
        Written.file(directory, "pairs.json", "[\n" + GOOD + ",\n" + json + ",\n" + GOOD + "\n]");
    check(Written.rows(array), "pairs.json:3", field, problem);
  }

  private void check(List<PreferenceRow> rows, String place, String field, String problem) {
    assertEquals(3, rows.size(), rows::toString);
    assertEquals(Written.pair(0, "p", "a", "b"), rows.get(0));
    assertEquals(Written.pair(2, "p", "a", "b"), rows.get(2));
    BadRecord bad = assertInstanceOf(BadRecord.class, rows.get(1));
    assertEquals(1, bad.row());
    assertEquals(
        directory.resolve(place) + (field == null ? "" : ", field \"" + field + "\""), bad.place());
    if (problem != null) assertTrue(bad.problem().contains(problem), bad::toString);
  }

  /** FIELD D11: the bytes C3 28 in the second line. */
  @Test
  void invalidUtf8NamesTheByte() throws IOException {
    String line = "{\"prompt\":\"p\",\"chosen\":\"a\u00c3(\",\"rejected\":\"b\"}";
    byte[] bytes = (GOOD + "\n" + line + "\n" + GOOD).getBytes(ISO_8859_1);
    int offset = GOOD.length() + 1 + line.indexOf('\u00c3');
    for (byte[] form : List.of(bytes, Written.gzip(bytes))) {
      Path file = Written.file(directory, "pairs.jsonl", form);
      check(
          Written.rows(file),
          "pairs.jsonl:2",
          "chosen",
          "is not UTF-8: byte c3 at offset %d of the text".formatted(offset));
    }
  }

  @Test
  void invalidUtf8BeforeTheFirstFieldHasNone() throws IOException {
    byte[] bytes = (GOOD + "\n\u00ff" + GOOD + "\n" + GOOD).getBytes(ISO_8859_1);
    Path file = Written.file(directory, "pairs.jsonl", bytes);
    check(Written.rows(file), "pairs.jsonl:2", null, "is not UTF-8: byte ff");
  }

  /** Half of a surrogate pair as bytes, ED A0 BD, is no UTF-8 either. */
  @Test
  void surrogateAsBytesIsInvalid() throws IOException {
    String line = "{\"prompt\":\"\u00ed\u00a0\u00bd\",\"chosen\":\"a\",\"rejected\":\"b\"}";
    Path file =
        Written.file(
            directory, "pairs.jsonl", (GOOD + "\n" + line + "\n" + GOOD).getBytes(ISO_8859_1));
    check(Written.rows(file), "pairs.jsonl:2", "prompt", "is not UTF-8: byte ed");
  }

  @Test
  void lineIsTheFieldsOwnInAPrettyArray() throws IOException {
    String array =
        """
        [
          {
            "prompt": "p",
            "chosen": "a",
            "rejected": "b"
          },
          {
            "prompt": "p",
            "chosen": "a",
            "rejected": 7
          },
          {
            "prompt": "p",
            "chosen": "a,
            "rejected": "b"
          },
          {
            "prompt": "p", "chosen": "a", "rejected": "b"
          },
        ]
        """;
    Path file = Written.file(directory, "pretty.json", array);
    List<PreferenceRow> rows = Written.rows(file);
    assertEquals(5, rows.size());
    assertEquals(
        file + ":10, field \"rejected\": is a number, expected text", rows.get(1).toString());
    assertTrue(rows.get(2).toString().startsWith(file + ":14, field \"chosen\": is not JSON"));
    assertEquals(Written.pair(3, "p", "a", "b"), rows.get(3));
    assertEquals(file + ":20: is empty, expected an object", rows.get(4).toString());
  }

  @Test
  void arrayThatEndsTooEarlyOrTooLate() throws IOException {
    Path cut = Written.file(directory, "cut.json", "[" + GOOD + ",\n{\"prompt\":\"p");
    assertEquals(
        cut + ":2: the file ends inside the array: was it cut off?",
        Written.rows(cut).get(1).toString());
    Path open = Written.file(directory, "open.json", "[" + GOOD);
    assertEquals(
        cut.resolveSibling("open.json") + ":1: the file ends inside the array: was it cut off?",
        Written.rows(open).get(0).toString());
    Path more = Written.file(directory, "more.json", "[" + GOOD + "]\n" + GOOD);
    assertEquals(
        more + ":2: comes after the end of the array, where nothing may",
        Written.rows(more).get(1).toString());
  }

  @Test
  void failureListsTwentyAndCountsAll() throws IOException {
    String bad = "{\"prompt\":\"p\",\"chosen\":\"a\"}\n";
    Path file = Written.file(directory, "pairs.jsonl", GOOD + "\n" + bad.repeat(23) + GOOD + "\n");
    PreferenceDataset dataset = PreferenceDataset.open(file);
    try (Stream<PreferenceRow> rows = dataset.rows()) {
      var iterator = rows.iterator();
      assertEquals(Written.pair(0, "p", "a", "b"), iterator.next());
      List<String> lines =
          assertThrows(InputException.class, iterator::hasNext).getMessage().lines().toList();
      assertEquals(file + ": 23 of 25 records cannot be read:", lines.get(0));
      assertEquals("  " + file + ":2, field \"rejected\": is missing", lines.get(1));
      assertEquals("  " + file + ":21, field \"rejected\": is missing", lines.get(20));
      assertEquals("  and 3 more", lines.get(21));
      assertTrue(lines.get(22).contains("--on_bad_record skip"), lines.get(22));
    }
    assertThrows(InputException.class, dataset::fingerprint);
  }
}
