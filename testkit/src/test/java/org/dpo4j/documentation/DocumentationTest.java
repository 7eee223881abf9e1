package org.dpo4j.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents say is there: links, snippets, commands. */
class DocumentationTest {
  private static final Path ROOT = root();
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
  private static final Pattern BLOCK =
      Pattern.compile("^```([a-z]+)\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (directory != null && !Files.isDirectory(directory.resolve(".mvn"))) {
      directory = directory.getParent();
    }
    return directory;
  }

  static List<Path> documents() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT, 3)) {
      return files
          .filter(f -> f.toString().endsWith(".md"))
          .map(ROOT::relativize)
          .filter(f -> !f.startsWith("out") && !f.toString().contains("target"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void linksLeadSomewhere(Path document) throws IOException {
    Path file = ROOT.resolve(document);
    String text = Files.readString(file);
    for (MatchResult link : LINK.matcher(text).results().toList()) {
      String target = link.group(1);
      if (target.startsWith("https://")) continue;
      int anchor = target.indexOf('#');
      String path = anchor < 0 ? target : target.substring(0, anchor);
      Path linked = path.isEmpty() ? file : file.resolveSibling(path).normalize();
      assertTrue(Files.exists(linked), () -> document + " links to " + target);
      if (anchor >= 0) {
        assertTrue(
            anchors(linked).contains(target.substring(anchor + 1)),
            () -> document + " links to " + target);
      }
    }
  }

  private static List<String> anchors(Path document) throws IOException {
    return Files.readAllLines(document).stream()
        .filter(line -> line.matches("#+ .*"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(java.util.Locale.ROOT))
        .map(title -> title.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
        .toList();
  }

  /** The test InJavaTest runs the first; the second is a file of the guide, which CI builds. */
  @Test
  void javaOfTheReadmeIsCompiled() throws IOException {
    List<String> snippets = blocks("README.md", "java");
    assertEquals(2, snippets.size(), "Java snippets of the README");
    assertContains(
        "backend-djl/src/test/java/org/dpo4j/djl/InJavaTest.java",
        snippets.get(0).replaceAll("Path\\.of\\((\"[^\"]*\")\\)", "directory.resolve($1)"));
    assertContains("docs/writing-a-loss.md", snippets.get(1));
  }

  @Test
  void javaOfTheArchitectureIsOurs() throws IOException {
    for (String snippet : blocks("docs/architecture.md", "java")) {
      String body = snippet.substring(snippet.indexOf("@Override"), snippet.lastIndexOf('}'));
      assertContains("core/src/main/java/org/dpo4j/loss/SigmoidLoss.java", body);
    }
  }

  private static List<String> blocks(String document, String language) throws IOException {
    List<String> blocks = new ArrayList<>();
    for (MatchResult b :
        BLOCK.matcher(Files.readString(ROOT.resolve(document))).results().toList()) {
      if (b.group(1).equals(language)) blocks.add(b.group(2));
    }
    return blocks;
  }

  private static void assertContains(String source, String snippet) throws IOException {
    String text = Files.readString(ROOT.resolve(source));
    assertTrue(
        text.replaceAll("\\s+", "").contains(snippet.replaceAll("\\s+", "")),
        () -> source + " does not hold\n" + snippet);
  }

  /** Recorded fixtures beside a checkout are for tests; nothing that users read leads there. */
  @ParameterizedTest
  @MethodSource("documents")
  void nothingIsSaidOfWhatUsersDoNotHave(Path document) throws IOException {
    if (document.endsWith("docs/testing.md")) return;
    String text = Files.readString(ROOT.resolve(document));
    assertTrue(!text.contains("../shared"), () -> document + " mentions ../shared");
  }
}
