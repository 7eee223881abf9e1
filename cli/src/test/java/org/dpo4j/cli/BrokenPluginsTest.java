package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a plug-in is told with its jar, and does not take the others down. */
class BrokenPluginsTest extends PluginFolder {
  @TempDir static Path good;

  @BeforeAll
  static void makeAGoodOne() throws IOException {
    new PluginJar(good.resolve("good.jar"))
        .source("mine.Good", factory("Good", "good"))
        .service(LOSS, "mine.Good")
        .write();
  }

  @BeforeEach
  void putItThere() throws IOException {
    Files.copy(good.resolve("good.jar"), plugins.resolve("good.jar"));
  }

  /** Lists the losses: the good one and ours are there; returns what is said of the others. */
  private String told() {
    Outcome list = Outcome.of("list", "losses", "--plugins", plugins).done();
    assertTrue(list.out().contains("  good         a test's\n"), list.out());
    assertTrue(list.out().contains("  ipo "), list.out());
    return list.err();
  }

  private void assertTold(String jar, String... words) {
    String told = told();
    assertEquals(1, told.lines().count(), told);
    assertTrue(told.contains(plugins + "/" + jar + ".jar"), told);
    for (String each : words) assertTrue(told.contains(each), each + " is missing in: " + told);
  }

  @Test
  void throwsInItsConstructor() throws IOException {
    String source = factory("Bad", "bad", "if (true) throw new IllegalStateException(\"no key\");");
    jar("bad").source("mine.Bad", source).service(LOSS, "mine.Bad").write();
    assertTold("bad", "mine.Bad", "java.lang.IllegalStateException: no key");
  }

  @Test
  void throwsInItsStaticInitializer() throws IOException {
    String source = factory("Bad", "bad").replace("public Bad", "static int n = 1 / 0; public Bad");
    jar("bad").source("mine.Bad", source).service(LOSS, "mine.Bad").write();
    assertTold("bad", "mine.Bad", "java.lang.ArithmeticException: / by zero");
  }

  @Test
  void throwsWhenItIsAskedForItsName() throws IOException {
    String source =
        """
        package mine;
        import java.util.List;
        import org.dpo4j.loss.*;
        public class Bad implements PreferenceLossFactory {
          public String name() { return List.<String>of().get(0); }
          public String summary() { return ""; }
          public List<LossOption> options() { return List.of(); }
          public PreferenceLoss<?> create(LossOptions options) { return null; }
        }
        """;
    jar("bad").source("mine.Bad", source).service(LOSS, "mine.Bad").write();
    assertTold("bad", "mine.Bad", "IndexOutOfBounds");
    String nameless = source.replace("List.<String>of().get(0)", "null");
    jar("bad").source("mine.Bad", nameless).service(LOSS, "mine.Bad").write();
    assertTold("bad", "mine.Bad has no name");
  }

  /** Compiled when LossFactory's constructor had one parameter less: NoSuchMethodError. */
  @Test
  void callsAMethodThatIsNotThere() throws IOException {
    jar("old")
        .compiledAgainst(
            "org.dpo4j.loss.LossFactory",
            """
            package org.dpo4j.loss;
            public abstract class LossFactory implements PreferenceLossFactory {
              protected LossFactory(String name) {}
              public String name() { return ""; }
              public String summary() { return ""; }
              public java.util.List<LossOption> options() { return null; }
              public PreferenceLoss<?> create(LossOptions options) { return null; }
            }
            """)
        .source(
            "mine.Old",
            "package mine; public class Old extends org.dpo4j.loss.LossFactory {"
                + " public Old() { super(\"old\"); } }")
        .service(LOSS, "mine.Old")
        .write();
    assertTold("old", "mine.Old", "NoSuchMethodError", "built for another version");
  }

  /** Compiled when the interface had no {@code options()}: AbstractMethodError at its first use. */
  @Test
  void lacksAMethodOfTheInterface() throws IOException {
    jar("old")
        .compiledAgainst(
            LOSS.getName(),
            """
            package org.dpo4j.loss;
            public interface PreferenceLossFactory extends org.dpo4j.service.NamedService {
              String summary();
            }
            """)
        .source(
            "mine.Old",
            """
            package mine;
            public class Old implements org.dpo4j.loss.PreferenceLossFactory {
              public String name() { return "old"; }
              public String summary() { return "old"; }
            }
            """)
        .service(LOSS, "mine.Old")
        .write();
    assertTold("old", "mine.Old lacks PreferenceLossFactory.", "built for another version");
  }

  @Test
  void wasCompiledForALaterJava() throws IOException {
    jar("new")
        .source("mine.New", factory("New", "new"))
        .service(LOSS, "mine.New")
        .classVersion(99)
        .write();
    assertTold("new", "mine.New", "99.0", "a newer Java, or a build for this one");
  }

  /** The class that it extends is missing: the JVM doesn't say whose. */
  @Test
  void lacksTheClassThatItExtends() throws IOException {
    jar("torn")
        .compiledAgainst("lib.Base", factory("Base", "base").replace("package mine", "package lib"))
        .source("mine.Torn", "package mine; public class Torn extends lib.Base {}")
        .service(LOSS, "mine.Torn")
        .write();
    assertTold("torn", "mine.Torn", "it needs the class lib.Base, which is missing");
  }

  @Test
  void lacksAClassThatItUses() throws IOException {
    jar("torn")
        .compiledAgainst("lib.Used", "package lib; public class Used { public static int n; }")
        .source("mine.Torn", factory("Torn", "torn", "lib.Used.n++;"))
        .service(LOSS, "mine.Torn")
        .write();
    assertTold("torn", "mine.Torn", "it needs the class lib.Used, which is missing");
  }

  @Test
  void namesAClassThatIsNotThere() throws IOException {
    jar("gone").service(LOSS, "mine.Gone").write();
    assertTold("gone", "Provider mine.Gone not found");
  }

  @Test
  void isNoProvider() throws IOException {
    jar("no")
        .source("mine.No", "package mine; public class No {}")
        .service(LOSS, "mine.No")
        .write();
    assertTold("no", "mine.No not a subtype");
  }

  @Test
  void hasNoConstructorThatCanBeCalled() throws IOException {
    String source = factory("No", "no").replace("public No()", "public No(int n)");
    jar("no").source("mine.No", source).service(LOSS, "mine.No").write();
    assertTold("no", "mine.No", "Unable to get public no-arg constructor", "mine.No.<init>()");
    String hidden = factory("No", "no").replace("public No()", "No()");
    jar("no").source("mine.No", hidden).service(LOSS, "mine.No").write();
    assertTold("no", "mine.No", "Unable to get public no-arg constructor");
    String unfinished = factory("No", "no").replace("public class", "public abstract class");
    jar("no").source("mine.No", unfinished).service(LOSS, "mine.No").write();
    assertTold("no", "mine.No", "InstantiationException");
  }

  /** The line takes its own file along, and no other. */
  @Test
  void theServiceFileHoldsGarbage() throws IOException {
    for (String garbage : List.of("mine.Good mine.Bad", "-+-", "\u00ff\ufffe", "import mine.*;")) {
      jar("garbage").service(LOSS, garbage).write();
      assertTold("garbage", "used: META-INF/services/" + LOSS.getName() + ":1: Illegal ");
    }
    jar("garbage").service(LOSS, "").write();
    assertEquals("", told());
  }

  @Test
  void repeatsAName() throws IOException {
    jar("ours").source("mine.Ours", factory("Ours", "hinge")).service(LOSS, "mine.Ours").write();
    assertTold("ours", "The loss \"hinge\" is there more than once: ");
    assertRefused("hinge", plugins + "/ours.jar");
    assertRefused("hinge,good", plugins + "/ours.jar");
    assertAccepted("good");
    jar("ours").source("mine.Ours", factory("Ours", "good2")).service(LOSS, "mine.Ours").write();
    assertEquals("", told());
    jar("theirs").source("its.X", theirs("good2")).service(LOSS, "its.X").write();
    assertTold("ours", "\"good2\" is there more than once: ", plugins + "/theirs.jar");
    assertRefused("good2", plugins + "/ours.jar and " + plugins + "/theirs.jar");
    assertAccepted("good,sft");
  }

  private static String theirs(String name) {
    return factory("X", name).replace("package mine", "package its");
  }

  private Outcome train(String loss) {
    return Outcome.of(
        "train",
        "--plugins",
        plugins,
        "--model",
        "gone",
        "--data",
        "gone.jsonl",
        "--output_dir",
        folder.resolve("o"),
        "--loss_type",
        loss,
        "--label_smoothing",
        "0");
  }

  private void assertRefused(String loss, String... words) {
    train(loss).refused(2, words);
  }

  /** Whatever is broken beside it; a run that fails for another reason names that too. */
  private void assertAccepted(String loss) {
    train(loss).refused(1, "gone.jsonl does not exist", "is there more than once");
  }
}
