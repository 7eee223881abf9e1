package org.dpo4j.preference;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.dpo4j.service.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One content in every form that a file may have it in. */
class JsonFormatsTest {
  private static final String FIRST = "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\"}";
  private static final String SECOND =
      "{\"prompt\":\"d\",\"chosen\":\"e\",\"rejected\":\"f\",\"note\":{\"x\":1}}";
  private static final List<PreferenceRow> ROWS =
      List.of(Written.pair(0, "a", "b", "c"), Written.pair(1, "d", "e", "f"));

  @TempDir Path directory;

  /** FIELD D01. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\ufeffFIRST\nSECOND\n",
        "FIRST\nSECOND\n",
        "FIRST\r\nSECOND\r\n",
        "FIRST\nSECOND",
        "\n\nFIRST\n \t\r\n\nSECOND\n\n",
        "[FIRST,SECOND]",
        "\ufeff [\r\n  FIRST ,\r\n  SECOND\r\n]\r\n"
      })
  void sameRowsAndFingerprintHoweverWritten(String form) throws IOException {
    byte[] bytes = form.replace("FIRST", FIRST).replace("SECOND", SECOND).getBytes(UTF_8);
    Path plain = Written.file(directory, "pairs.json", bytes);
    Path packed = Written.file(directory, "packed", Written.gzip(bytes));
    String expected = PreferenceDataset.of(examples()).fingerprint();
    for (Path file : List.of(plain, packed)) {
      assertEquals(ROWS, Written.rows(file));
      assertEquals(expected, PreferenceDataset.open(file).fingerprint());
    }
  }

  private static List<PreferenceExample> examples() {
    return List.of(Written.pair(0, "a", "b", "c"), Written.pair(1, "d", "e", "f"));
  }

  @Test
  void fingerprintTellsRowsApart() {
    PreferenceExample pair = Written.pair(0, "ab", "c", "d");
    List<PreferenceExample> others =
        List.of(
            Written.pair(0, "a", "bc", "d"),
            Written.pair(0, "ab", "d", "c"),
            new PreferenceExample(
                0, pair.prompt(), pair.completions(), Judgement.PAIR, Map.of("margin", 1L)),
            new PreferenceExample(
                0, pair.prompt(), pair.completions(), Judgement.PAIR, Map.of("margin", 1.0)),
            new PreferenceExample(0, pair.prompt(), pair.completions(), Judgement.NONE, Map.of()),
            PreferenceExample.pair(
                0,
                Prompt.of(TokenIds.of(1)),
                Completion.of(TokenIds.of(2)),
                Completion.of(TokenIds.of(3))));
    List<String> seen = new ArrayList<>();
    seen.add(PreferenceDataset.of(List.of(pair)).fingerprint());
    for (PreferenceExample other : others) {
      String fingerprint = PreferenceDataset.of(List.of(other)).fingerprint();
      seen.forEach(earlier -> assertNotEquals(earlier, fingerprint, other::toString));
      seen.add(fingerprint);
    }
  }

  @Test
  void byteOrderMarkInsideIsText() throws IOException {
    String line = "{\"prompt\":\"\ufeffa\",\"chosen\":\"b\ufeff\",\"rejected\":\"c\"}\n";
    assertEquals(
        List.of(Written.pair(0, "\ufeffa", "b\ufeff", "c")), Written.rows(directory, line));
  }

  @Test
  void utf16IsRefusedByName() throws IOException {
    for (String mark : List.of("", "\ufeff")) {
      String text = mark + FIRST + "\n";
      Path little = Written.file(directory, "little.jsonl", text.getBytes(UTF_16LE));
      Path big = Written.file(directory, "big.txt", text.getBytes(UTF_16BE));
      assertTrue(refusal(little).contains("little.jsonl is in UTF-16 (little-endian)"));
      assertTrue(refusal(big).contains("big.txt is in UTF-16 (big-endian)"));
    }
  }

  /** FIELD D03: each row is read by itself, and columns keep their own types. */
  @Test
  void columnsOfEveryKindRowByRow() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      text.append("{\"system\":null,\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}\n");
    }
    text.append(
        "{\"system\":\"Be brief.\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}\n");
    text.append("{\"system\":2,\"prompt_ids\":[1],\"chosen_ids\":[2],\"rejected_ids\":[3]}\n");
    text.append("{\"system\":0.5,\"prompt\":\"p\",\"completion\":\"a\",\"flag\":true}\n");
    text.append(
        "{\"prompt\":[{\"role\":\"user\",\"content\":\"p\"}],"
            + "\"chosen\":[{\"role\":\"assistant\",\"content\":\"a\"}],\"rejected\":[]}\n");
    List<PreferenceRow> rows = Written.rows(directory, text.toString());
    assertEquals(5004, rows.size());
    assertEquals(Written.pair(4999, "p", "a", "b"), rows.get(4999));
    assertEquals(Map.of("system", "Be brief."), ((PreferenceExample) rows.get(5000)).columns());
    assertEquals(
        new PreferenceExample(
            5001,
            Prompt.of(TokenIds.of(1)),
            List.of(Completion.of(TokenIds.of(2)), Completion.of(TokenIds.of(3))),
            Judgement.PAIR,
            Map.of("system", 2L)),
        rows.get(5001));
    assertEquals(
        new PreferenceExample(
            5002,
            Prompt.of("p"),
            List.of(Completion.of("a")),
            Judgement.NONE,
            Map.of("system", 0.5, "flag", true)),
        rows.get(5002));
    assertEquals(
        directory.resolve("pairs.jsonl")
            + ":5004, field \"chosen\": chats (lists of messages) are not in this version",
        rows.get(5003).toString());
  }

  /** FIELD D03: one line of 40 MB, in lines and in an array, between small ones. */
  @Test
  void oneLongRecord() throws IOException {
    String text = "x".repeat(40_000_000);
    String longer = "{\"prompt\":\"p\",\"chosen\":\"" + text + "\",\"rejected\":\"c\"}";
    for (String form : List.of("%s\n%s\n%s\n", "[%s,%s,%s]")) {
      Path file = Written.file(directory, "long.json", form.formatted(FIRST, longer, SECOND));
      assertEquals(
          List.of(
              Written.pair(0, "a", "b", "c"),
              Written.pair(1, "p", text, "c"),
              Written.pair(2, "d", "e", "f")),
          Written.rows(file));
    }
  }

  /** FIELD D05: two equal completions are no reading error. */
  @Test
  void identicalCompletionsAreGood() throws IOException {
    assertEquals(
        List.of(Written.pair(0, "Plan it", "Step 1", "Step 1")),
        Written.rows(
            directory, "{\"prompt\":\"Plan it\",\"chosen\":\"Step 1\",\"rejected\":\"Step 1\"}"));
  }

  @Test
  void streamsAsOftenAsAsked() throws IOException {
    Path file = Written.file(directory, "pairs.jsonl", FIRST + "\n" + SECOND);
    PreferenceDataset dataset = PreferenceDataset.open(file);
    assertEquals(file.toString(), dataset.name());
    for (int pass = 0; pass < 2; pass++) {
      try (var rows = dataset.rows()) {
        assertEquals(ROWS.get(0), rows.findFirst().orElseThrow());
      }
    }
  }

  @Test
  void filesThatAreNone() throws IOException {
    Path missing = directory.resolve("missing.jsonl");
    assertTrue(refusal(missing).startsWith(missing + " does not exist"));
    assertTrue(refusal(directory).startsWith(directory + " is a directory"));
    Path empty = Written.file(directory, "empty.jsonl", "");
    assertTrue(refusal(empty).startsWith(empty + " is empty"));
    Path blank = Written.file(directory, "blank.jsonl", "\ufeff \n\r\n");
    assertTrue(refusal(blank).startsWith(blank + " is empty"));
    Path array = Written.file(directory, "array.json", "[ ]\n");
    assertEquals(array + " holds no rows", refusal(array));
    Path parquet = Written.file(directory, "pairs.parquet", "PAR1\0\0PAR1");
    assertEquals(
        parquet + " is a Parquet file, expected JSON Lines or a JSON array in UTF-8, plain or gzip",
        refusal(parquet));
    Path text = Written.file(directory, "pairs.csv", "prompt,chosen,rejected\n");
    assertTrue(refusal(text).startsWith(text + " is of no known format, expected JSON Lines"));
  }

  @Test
  void damagedGzipIsNamed() throws IOException {
    byte[] packed = Written.gzip((FIRST + "\n" + SECOND + "\n").getBytes(UTF_8));
    Path file = Written.file(directory, "cut.jsonl.gz", Arrays.copyOf(packed, packed.length - 12));
    assertTrue(refusal(file).startsWith(file.toString()), refusal(file));
    Files.write(file, Arrays.copyOf(packed, 3));
    assertTrue(refusal(file).startsWith(file + " cannot be read: "), refusal(file));
  }

  private static String refusal(Path file) {
    return assertThrows(InputException.class, () -> Written.rows(file)).getMessage();
  }
}
