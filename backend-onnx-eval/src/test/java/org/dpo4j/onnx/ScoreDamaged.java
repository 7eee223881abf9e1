package org.dpo4j.onnx;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Set;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.model.PretrainedModel;
import org.dpo4j.testkit.RecordedRun;

/**
 * A process of its own: damages a model's file before it is opened, between that and its session,
 * and between two batches, and scores it. Ends as a command does that was given such a file.
 * Arguments: an empty directory, when, and what.
 */
final class ScoreDamaged {
  private ScoreDamaged() {}

  public static void main(String[] arguments) {
    String when = arguments[1];
    String what = arguments[2];
    Path directory = RecordedRun.model(Path.of(arguments[0]));
    Path file = directory.resolve("model.safetensors");
    if (when.equals("before")) damage(file, what);
    PretrainedModel model = PretrainedModel.open(directory);
    if (when.equals("opened")) damage(file, what);
    try (ScoringSession session =
        new OnnxBackend()
            .openScoring(model.transformer(), model.weights(), SessionOptions.defaults())) {
      session.score(StoredModel.batch(model.transformer()), Set.of());
      System.out.println("scored");
      if (when.equals("scored")) damage(file, what);
      session.score(StoredModel.batch(model.transformer()), Set.of());
      System.out.println("scored again");
    }
  }

  private static void damage(Path file, String what) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      FileTime later = FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis() + 1000);
      switch (what) {
        case "nothing" -> {}
        case "cut" -> cut(file, bytes.length - 100);
        case "headerCut" -> cut(file, 1000);
        case "emptied" -> cut(file, 0);
        case "removed" -> Files.delete(file);
        case "replaced" -> {
          Path other = file.resolveSibling("other");
          Files.copy(file, other, StandardCopyOption.COPY_ATTRIBUTES);
          Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        }
        case "overwritten" -> {
          Arrays.fill(bytes, bytes.length - 4000, bytes.length, (byte) 0);
          Files.write(file, bytes);
          Files.setLastModifiedTime(file, later); // clocks of file systems are coarse
        }
        case "otherShape" -> inHeader(file, bytes, "\"shape\":[48,32]", "\"shape\":[32,48]");
        case "otherType" -> inHeader(file, bytes, "\"dtype\":\"F32\"", "\"dtype\":\"I32\"");
        case "otherName" -> inHeader(file, bytes, "\"model.norm.weight\"", "\"model.form.weight\"");
        default -> throw new IllegalArgumentException(what);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In place, as a copy that begins anew does it: what is mapped has no pages any more. */
  private static void cut(Path file, long length) throws IOException {
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.setLength(length);
    }
  }

  private static void inHeader(Path file, byte[] bytes, String old, String text)
      throws IOException {
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    Files.write(file, all.replace(old, text).getBytes(StandardCharsets.ISO_8859_1));
  }
}
