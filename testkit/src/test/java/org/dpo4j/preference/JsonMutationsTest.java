package org.dpo4j.preference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.dpo4j.service.InputException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever happens to a file's bytes, its rows are read or reported, and reading ends. */
@Timeout(60)
class JsonMutationsTest {
  private static final List<String> RECORDS =
      List.of(
          "{\"prompt\":\"Why?\",\"chosen\":\"Because \\ud83d\\ude00\",\"rejected\":\"é漢\"}",
          "{\"chosen\":\"Q A\",\"rejected\":\"Q B\",\"margin\":0.5,\"note\":{\"x\":[1,\"]\"]}}",
          "{\"prompt_ids\":[1,2],\"chosen_ids\":[3],\"rejected_ids\":[4,5]}",
          "{\"prompt\":\"p\",\"completion\":\"c\",\"n\":null}");
  private static final byte[] INTERESTING = "{}[],:\"\\\n\r\0 u0d\u00ff\u00c3".getBytes(UTF_8);

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"lines,1", "array,2", "gzip,3"})
  void neverThrowsAnythingElse(String form, long seed) throws IOException {
    byte[] good =
        form.equals("array")
            ? ("[" + String.join(",\n", RECORDS) + "]").getBytes(UTF_8)
            : String.join("\n", RECORDS).getBytes(UTF_8);
    if (form.equals("gzip")) good = Written.gzip(good);
    Random random = new Random(seed);
    int readable = 0;
    int reported = 0;
    for (int i = 0; i < 400; i++) {
      Path file = Written.file(directory, "pairs.json", mutate(good, random));
      try {
        List<PreferenceRow> rows = Written.rows(file);
        readable++;
        reported += rows.stream().anyMatch(BadRecord.class::isInstance) ? 1 : 0;
      } catch (InputException e) {
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
      }
    }
    if (!form.equals("gzip")) {
      assertTrue(readable > 280, readable + " files could be read"); // a bad record costs itself
      assertTrue(reported > 160, reported + " files had bad records");
    }
  }

  private static byte[] mutate(byte[] good, Random random) {
    byte[] bytes = good.clone();
    for (int n = random.nextInt(4); n >= 0; n--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = INTERESTING[random.nextInt(INTERESTING.length)];
        case 2 -> bytes = splice(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), at);
        default -> bytes = splice(bytes, at, at, random.nextInt(bytes.length));
      }
    }
    return bytes;
  }

  /** Leaves out what is between two places, and puts in what follows a third. */
  private static byte[] splice(byte[] bytes, int from, int to, int source) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, from);
    if (source != from) out.write(bytes, source, Math.min(20, bytes.length - source));
    out.write(bytes, to, bytes.length - to);
    return out.size() == 0 ? bytes : out.toByteArray();
  }
}
