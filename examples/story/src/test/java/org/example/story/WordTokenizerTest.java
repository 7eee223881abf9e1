package org.example.story;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WordTokenizerTest {
  @Test
  void wordsCarryTheSpaceBeforeThemAndMarksDoNot() {
    WordTokenizer tokenizer = WordTokenizer.of(Stream.of("She waited.", " Then, she waited."));
    assertEquals(List.of(",", ".", "▁She", "▁Then", "▁she", "▁waited"), tokenizer.words());
  }

  @Test
  void idsBeginWithTheSpecialTokens() {
    String json = WordTokenizer.of(Stream.of("Wait.")).tokenizerJson();
    assertTrue(
        json.contains(
            """
                  "<pad>": 0,
                  "<eos>": 1,
                  "<unk>": 2,
                  ".": 3,
                  "▁Wait": 4
            """),
        json);
  }

  @Test
  void storiesHaveEveryWordThatPairsHave() {
    StoryData data = StoryData.generate(3, 6000, 1000, 600);
    List<String> known = WordTokenizer.of(data.stories().stream().flatMap(Story::texts)).words();
    List<String> needed =
        WordTokenizer.of(
                Stream.concat(data.pairs().stream(), data.heldout().stream()).flatMap(Pair::texts))
            .words();
    assertTrue(known.containsAll(needed));
  }
}
