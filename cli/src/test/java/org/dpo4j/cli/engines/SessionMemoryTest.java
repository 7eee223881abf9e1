package org.dpo4j.cli.engines;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpo4j.backend.Backends;
import org.dpo4j.backend.ForwardPass;
import org.dpo4j.backend.MachineMemory;
import org.dpo4j.backend.OptimizerOptions;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.backend.TrainingBackend;
import org.dpo4j.backend.TrainingSession;
import org.dpo4j.layout.Batch;
import org.dpo4j.model.Architectures;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.ModelConfig;
import org.dpo4j.testkit.ChildJvm;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session that is closed gives back what it took. */
@Tag("full")
class SessionMemoryTest {
  @TempDir Path directory;

  /** MB that the second hundred sessions may add, 0.2 each: this model's weights alone take 2. */
  private static final long GROWTH = 20;

  private static final Pattern TOLD = Pattern.compile("resident: (\\d+) MB, then (\\d+) MB");

  @ParameterizedTest
  @ValueSource(strings = {"djl", "tensorflow", "onnx"})
  void residentMemoryOfTheSecondHundredSessionsIsLevel(String engine)
      throws IOException, InterruptedException {
    long growth = growth(engine, 200, true);
    assertTrue(growth <= GROWTH, "grew by " + growth + " MB");
  }

  /** The same measurement sees sessions that stay open. */
  @ParameterizedTest
  @ValueSource(strings = {"djl", "tensorflow", "onnx"})
  void sessionsThatAreNotClosedShow(String engine) throws IOException, InterruptedException {
    long growth = growth(engine, 40, false);
    assertTrue(growth > 2 * GROWTH, "grew by " + growth + " MB");
  }

  /**
   * MB that the second half of so many sessions adds. In a JVM of its own that neither grows its
   * heap nor compiles twice: what resident memory does is then native.
   */
  private long growth(String engine, int sessions, boolean close)
      throws IOException, InterruptedException {
    assumeTrue(MachineMemory.resident().isPresent(), "the system doesn't tell");
    List<String> options =
        List.of(
            "-Xms96m",
            "-Xmx96m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");
    String told =
        ChildJvm.run(
                directory,
                options,
                SessionMemoryTest.class,
                engine,
                Integer.toString(sessions),
                Boolean.toString(close))
            .well();
    Matcher numbers = TOLD.matcher(told);
    assertTrue(numbers.find(), told);
    return Long.parseLong(numbers.group(2)) - Long.parseLong(numbers.group(1));
  }

  /** Arguments: engine, number of sessions, whether to close them. Tells both halves' maxima. */
  public static void main(String[] arguments) throws IOException {
    int sessions = Integer.parseInt(arguments[1]);
    CausalTransformer model =
        Architectures.create(
            ModelConfig.parse(
                """
                {"model_type": "llama", "vocab_size": 4096, "hidden_size": 96,
                 "intermediate_size": 256, "num_hidden_layers": 1, "num_attention_heads": 4,
                 "num_key_value_heads": 2, "max_position_embeddings": 128, "rms_norm_eps": 1e-5,
                 "tie_word_embeddings": true}
                """,
                "a test's config"));
    long[] most = new long[2];
    List<ScoringSession> open = new ArrayList<>();
    for (int i = 0; i < sessions; i++) {
      ScoringSession session = open(arguments[0], model);
      work(session, model.batch(new TestExamples(i % 7, model.vocabulary()).mixed()));
      if (Boolean.parseBoolean(arguments[2])) session.close();
      else open.add(session);
      int half = 2 * i / sessions;
      most[half] = Math.max(most[half], MachineMemory.resident().orElseThrow() / 1_000_000);
    }
    System.out.printf("resident: %d MB, then %d MB%n", most[0], most[1]);
    open.forEach(ScoringSession::close);
  }

  private static ScoringSession open(String engine, CausalTransformer model) {
    SessionOptions options = SessionOptions.defaults().withThreads(1);
    if (Backends.scoring(engine) instanceof TrainingBackend trains) {
      return trains.openTraining(
          model, TestModels.weights(1), options, OptimizerOptions.defaults());
    }
    return Backends.scoring(engine).openScoring(model, TestModels.weights(1), options);
  }

  private static void work(ScoringSession session, Batch batch) {
    if (!(session instanceof TrainingSession trains)) {
      session.score(batch, Set.of());
      return;
    }
    try (ForwardPass pass = trains.forward(batch, Set.of())) {
      double[] gradient = new double[pass.scores().logProbs().length];
      Arrays.fill(gradient, 1e-3);
      pass.backward(gradient);
    }
    trains.apply(1e-5);
  }
}
