package org.example.story;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Writes stories, pairs of endings, held-out pairs and a tokenizer into a directory. */
public final class WriteStories {
  private WriteStories() {}

  /**
   * Run it with: directory, seed, number of stories, number of pairs, number of held-out pairs.
   *
   * @throws IOException if a file can't be written
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 5) {
      System.err.println("usage: WriteStories DIRECTORY SEED STORIES PAIRS HELDOUT");
      System.exit(2);
    }
    StoryData data =
        StoryData.generate(
            Long.parseLong(arguments[1]),
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[3]),
            Integer.parseInt(arguments[4]));
    write(data, Path.of(arguments[0]));
  }

  static void write(StoryData data, Path directory) throws IOException {
    Files.createDirectories(directory);
    WordTokenizer tokenizer = WordTokenizer.of(data.stories().stream().flatMap(Story::texts));
    Files.writeString(directory.resolve("tokenizer.json"), tokenizer.tokenizerJson());
    Files.writeString(directory.resolve("tokenizer_config.json"), tokenizer.configJson());
    writeGzip(directory.resolve("stories.jsonl.gz"), data.stories().stream().map(Story::toJson));
    writeGzip(directory.resolve("pairs.jsonl.gz"), data.pairs().stream().map(Pair::toJson));
    writeLines(
        Files.newOutputStream(directory.resolve("heldout.jsonl")),
        data.heldout().stream().map(Pair::toJson));
  }

  private static void writeGzip(Path file, Stream<String> lines) throws IOException {
    writeLines(new GZIPOutputStream(Files.newOutputStream(file)), lines);
  }

  private static void writeLines(OutputStream out, Stream<String> lines) throws IOException {
    try (out) {
      for (String line : (Iterable<String>) lines::iterator) {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
