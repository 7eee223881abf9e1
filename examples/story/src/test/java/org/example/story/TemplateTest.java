package org.example.story;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TemplateTest {
  private static final Template WAS = new Template("{Thing} {was}, and {he} knew that {he} did.");
  private static final Map<String, List<String>> PHRASES =
      Map.of(
          "thing", List.of("the gate", "the gate to the woods"),
          "was", List.of("was shut", "was open"),
          "he", List.of("she", "he"));

  @Test
  void capitalSlotsCapitalize() {
    Map<String, String> values = Map.of("thing", "the gate", "was", "was shut", "he", "she");
    assertEquals("The gate was shut, and she knew that she did.", WAS.fill(values));
  }

  @Test
  void nothingToFillASlotWithIsAnError() {
    Map<String, String> values = Map.of("thing", "the gate", "was", "was shut");
    assertThrows(IllegalArgumentException.class, () -> WAS.fill(values));
  }

  @Test
  void readsBackWhatWasFilledIn() {
    Map<String, String> values =
        Map.of("thing", "the gate to the woods", "was", "was open", "he", "he");
    assertEquals(Optional.of(values), new TemplateReader(WAS, PHRASES).read(WAS.fill(values)));
  }

  @Test
  void oneSlotHasOneValue() {
    TemplateReader reader = new TemplateReader(WAS, PHRASES);
    assertEquals(Optional.empty(), reader.read("The gate was open, and he knew that she did."));
  }

  @Test
  void otherWordsAreNotRead() {
    TemplateReader reader = new TemplateReader(WAS, PHRASES);
    assertEquals(Optional.empty(), reader.read("The gate was ajar, and he knew that he did."));
  }
}
