package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code train --reference_backend}: another engine scores the reference, the run stays. */
class ReferenceBackendTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static Path model;
  private static Path pairs;

  @BeforeAll
  static void makeModel() throws IOException {
    model = TinyModel.init(folder);
    pairs =
        Files.writeString(
            folder.resolve("pairs.jsonl"),
            """
            {"prompt": "a b", "chosen": " c d", "rejected": " e"}
            {"prompt": "a b c", "chosen": " d", "rejected": " e f"}
            {"prompt": "b", "chosen": " c", "rejected": " d"}
            {"prompt": "d e", "chosen": " f g", "rejected": " h"}
            """);
  }

  private static Outcome train(String name, Object... options) {
    List<Object> all = new ArrayList<>(List.of("train", "--model", model, "--data", pairs));
    all.addAll(List.of("--output_dir", folder.resolve(name), "--learning_rate", "1e-2"));
    all.addAll(List.of("--per_device_train_batch_size", "2"));
    all.addAll(List.of(options));
    return Outcome.of(all.toArray());
  }

  private static List<JsonNode> metrics(String name) throws IOException {
    List<JsonNode> steps = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(name).resolve("run/metrics.jsonl"))) {
      steps.add(JSON.readTree(line));
    }
    return steps;
  }

  @ParameterizedTest
  @CsvSource({"djl, onnx", "djl, tensorflow", "tensorflow, onnx", "tensorflow, djl"})
  void theRunIsTheSame(String backend, String reference) throws IOException {
    String own = backend + "-itself";
    train(own, "--backend", backend, "--overwrite_output_dir", "true").done();
    String other = backend + "-against-" + reference;
    train(other, "--backend", backend, "--reference_backend", reference).done();
    List<JsonNode> expected = metrics(own);
    List<JsonNode> actual = metrics(other);
    assertEquals(6, actual.size());
    for (int s = 0; s < expected.size(); s++) {
      int step = s;
      expected
          .get(s)
          .properties()
          .forEach(
              m -> {
                double got = actual.get(step).path(m.getKey()).asDouble(Double.NaN);
                // before the first update rewards are rounding: which is greater is drawn by lot
                if (step == 0 && m.getKey().equals("rewards/accuracies")) return;
                String where = m.getKey() + " of step " + (step + 1);
                assertEquals(m.getValue().asDouble(), got, 1e-4, where);
              });
    }
  }

  @Test
  void anEngineThatIsNotThereOrCannotTrainIsRefused() {
    train("unknown", "--reference_backend", "onyx").refused(2, "Did you mean onnx?");
    train("cannot-train", "--backend", "onnx").refused(2, "\"onnx\"", "does not train");
  }
}
