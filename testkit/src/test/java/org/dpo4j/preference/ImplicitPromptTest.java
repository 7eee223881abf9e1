package org.dpo4j.preference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code trl.extract_prompt} 1.16 gives for the same texts, but for one of its quirks. */
class ImplicitPromptTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "Q: why? A: yes|Q: why? A: no|Q: why? A:| yes| no",
        "abc|abd|ab|c|d",
        "ab  c|ab  d|ab | c| d", // only one space goes over
        "same|same|sam|e|e", // no difference: the last character stays
        "ab|abc|a|b|bc", // one begins the other: likewise
        "a|b|''|a|b",
        " a| b|''| a| b",
        "x😀|x😁|x|😀|😁", // their first halves are equal
        "x😀|x😀|x|😀|😀",
        "x😀y|x😀z|x😀|y|z",
        "y |x|''|y |x" // there, Python's index -1 finds the last space and cuts before it
      })
  void commonPrefix(
      String chosen, String rejected, String prompt, String chosenRest, String rejectedRest)
      throws IOException {
    String line =
        new ObjectMapper().writeValueAsString(Map.of("chosen", chosen, "rejected", rejected));
    assertEquals(
        List.of(Written.pair(0, prompt.replace("''", ""), chosenRest, rejectedRest)),
        Written.rows(directory, line));
  }
}
