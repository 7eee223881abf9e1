package org.dpo4j.evaluation;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.dpo4j.model.StagedFile;
import org.dpo4j.service.InputException;
import org.dpo4j.tokenization.TokenizedExample;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reference log-probs in a directory, one file per fingerprint. What is damaged or belongs to
 * another model, data set or truncation is computed again and said; a directory that can't be
 * written costs no more than that.
 *
 * <p>A file: magic, fingerprint, number of rows; of each row its place, the number of tokens, bytes
 * per token (4 or 8) and the log-probs; in the end a CRC-32C of all before. Big-endian.
 */
public final class ReferenceCache {
  private static final Logger log = LoggerFactory.getLogger(ReferenceCache.class);
  private static final String MAGIC = "dpo4j reference log-probs 1";
  private static final String ENDING = ".logprobs";

  private final Path directory;

  /** A cache in a directory, which need not be there. */
  public ReferenceCache(Path directory) {
    this.directory = directory;
  }

  /**
   * The log-probs from the cache, else computed and put there.
   *
   * @param fingerprint see {@link ReferenceFingerprint}
   * @param examples that they must cover
   */
  public ReferenceScores get(
      String fingerprint, List<TokenizedExample> examples, Supplier<ReferenceScores> compute) {
    Path file = directory.resolve("reference-" + fingerprint.substring(0, 16) + ENDING);
    ReferenceScores cached = Files.exists(file) ? read(file, fingerprint, examples) : null;
    if (cached != null) {
      log.info("Reference log-probs of {} rows come from {}", cached.size(), file);
      return cached;
    }
    if (!Files.exists(file) && holdsOthers()) {
      log.warn(
          "The reference log-probs in {} are of another model, engine, data set, tokenizer or truncation: they are computed anew",
          directory);
    }
    ReferenceScores scores = compute.get();
    try {
      Files.createDirectories(directory);
      StagedFile.publish(file, channel -> write(channel, fingerprint, scores));
    } catch (IOException | InputException e) {
      log.warn("Reference log-probs cannot be kept in {}, the run goes on", file, e);
    }
    return scores;
  }

  private boolean holdsOthers() {
    if (!Files.isDirectory(directory)) return false;
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(f -> f.getFileName().toString().endsWith(ENDING));
    } catch (IOException e) {
      return false;
    }
  }

  private static @Nullable ReferenceScores read(
      Path file, String fingerprint, List<TokenizedExample> examples) {
    CRC32C checksum = new CRC32C();
    try (DataInputStream in =
        new DataInputStream(
            new CheckedInputStream(
                new BufferedInputStream(Files.newInputStream(file)), checksum))) {
      expect(in.readUTF().equals(MAGIC), "its first bytes are others");
      expect(in.readUTF().equals(fingerprint), "its fingerprint is another");
      expect(in.readInt() == examples.size(), "its number of rows is another");
      ReferenceScores scores = new ReferenceScores();
      for (TokenizedExample e : examples) {
        expect(in.readLong() == e.row(), "its rows are others");
        expect(in.readInt() == e.predictions(), "its tokens are others");
        boolean narrow = in.readByte() == Float.BYTES;
        double[] values = new double[e.predictions()];
        for (int t = 0; t < values.length; t++) {
          values[t] = narrow ? in.readFloat() : in.readDouble();
        }
        scores.put(e.row(), values);
      }
      long sum = checksum.getValue();
      expect(in.readLong() == sum, "its checksum is wrong");
      expect(in.read() < 0, "it is too long");
      return scores;
    } catch (IOException e) {
      log.warn("{} is damaged ({}): the reference log-probs are computed anew", file, e.toString());
      return null;
    }
  }

  private static void expect(boolean right, String otherwise) throws IOException {
    if (!right) throw new IOException(otherwise);
  }

  private static void write(FileChannel channel, String fingerprint, ReferenceScores scores)
      throws IOException {
    CheckedOutputStream checked =
        new CheckedOutputStream(
            new BufferedOutputStream(Channels.newOutputStream(channel)), new CRC32C());
    DataOutputStream out = new DataOutputStream(checked);
    out.writeUTF(MAGIC);
    out.writeUTF(fingerprint);
    out.writeInt(scores.size());
    for (long row : scores.rows()) write(out, row, scores);
    out.writeLong(checked.getChecksum().getValue());
    out.flush();
  }

  private static void write(DataOutputStream out, long row, ReferenceScores scores)
      throws IOException {
    double[] values = scores.tokenLogProbs(row);
    boolean narrow = scores.narrow(row);
    out.writeLong(row);
    out.writeInt(values.length);
    out.writeByte(narrow ? Float.BYTES : Double.BYTES);
    for (double v : values) {
      if (narrow) {
        out.writeFloat((float) v);
      } else {
        out.writeDouble(v);
      }
    }
  }
}
