package org.dpo4j.model.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import org.dpo4j.service.InputException;

/** A safetensors file whose header was read and found sound. Holds nothing open. */
public final class SafetensorsFile {
  private static final int BLOCK_BYTES = 4 << 20;

  private final Path path;
  private final FileStamp opened;
  private final Map<String, TensorEntry> tensors;

  private SafetensorsFile(Path path) {
    this.path = path;
    this.opened = FileStamp.of(path); // before the header: what comes between shows later
    this.tensors = SafetensorsHeader.read(path);
  }

  /**
   * Reads and checks the header; no tensor.
   *
   * @throws InputException where the file is missing, cut short, or at odds with itself: names file
   *     and tensor
   */
  public static SafetensorsFile open(Path path) {
    return new SafetensorsFile(path);
  }

  /**
   * Checks that the file is the one whose header was read: an offset is worth nothing in another.
   *
   * @throws InputException where it was written to, replaced or removed: names it
   */
  public void checkUnchanged() {
    FileStamp now = FileStamp.of(path);
    if (!now.equals(opened)) {
      throw new InputException(
          "%s was changed while it was in use: it was %s, and is %s. Open the model again, and leave its files alone until the work is done."
              .formatted(path, opened, now));
    }
  }

  public Path path() {
    return path;
  }

  /** By name, in the order of the header. */
  public Map<String, TensorEntry> tensors() {
    return tensors;
  }

  /** Takes numbers as they come. */
  @FunctionalInterface
  public interface Blocks {
    /**
     * Takes the next rows.
     *
     * @param firstRow the first of these rows
     * @param values whole rows from position to limit; valid during the call only
     */
    void accept(int firstRow, FloatBuffer values);
  }

  /**
   * Streams a tensor, widened to float32, in blocks of whole rows.
   *
   * @param rows of {@code columns} numbers, that the tensor has
   * @throws InputException where its type is none of {@link FloatType}'s, or the file was changed,
   *     which may only show when all blocks were taken
   */
  public void read(TensorEntry tensor, int rows, int columns, Blocks blocks) {
    checkUnchanged();
    FloatType type = type(tensor);
    int rowBytes = Math.multiplyExact(columns, type.bytes());
    int blockRows = Math.max(1, Math.min(rows, BLOCK_BYTES / rowBytes));
    ByteBuffer raw = ByteBuffer.allocateDirect(blockRows * rowBytes).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer values = FloatBuffer.allocate(blockRows * columns);
    try (FileChannel channel = FileChannel.open(path)) {
      for (int row = 0; row < rows; row += blockRows) {
        raw.clear().limit(Math.min(blockRows, rows - row) * rowBytes);
        long from = tensor.offset() + (long) row * rowBytes;
        values.clear();
        type.read(fill(raw, channel, from), values);
        blocks.accept(row, values.flip());
      }
    } catch (IOException e) {
      throw new InputException(
          "%s, tensor %s cannot be read: %s".formatted(path, tensor.name(), e.getMessage()), e);
    }
    checkUnchanged();
  }

  /** Whether two tensors have the same type and bytes. */
  public boolean sameNumbers(TensorEntry mine, SafetensorsFile other, TensorEntry theirs) {
    if (!mine.type().equals(theirs.type()) || mine.bytes() != theirs.bytes()) return false;
    try (FileChannel a = FileChannel.open(path);
        FileChannel b = FileChannel.open(other.path)) {
      for (long done = 0; done < mine.bytes(); done += BLOCK_BYTES) {
        int count = (int) Math.min(BLOCK_BYTES, mine.bytes() - done);
        ByteBuffer here = fill(ByteBuffer.allocate(count), a, mine.offset() + done);
        ByteBuffer there = fill(ByteBuffer.allocate(count), b, theirs.offset() + done);
        if (!here.equals(there)) return false;
      }
      return true;
    } catch (IOException e) {
      throw new InputException(
          "%s, tensor %s cannot be read: %s".formatted(path, mine.name(), e.getMessage()), e);
    }
  }

  /** Reads up to the limit, from that byte of the file on; flipped. */
  static ByteBuffer fill(ByteBuffer buffer, FileChannel channel, long from) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new IOException("the file ends at byte " + (from + buffer.position()));
      }
    }
    return buffer.flip();
  }

  /**
   * The type of a tensor's numbers.
   *
   * @throws InputException where they are no floats that weights are stored in
   */
  public FloatType type(TensorEntry tensor) {
    for (FloatType type : FloatType.values()) {
      if (type.name().equals(tensor.type())) return type;
    }
    throw new InputException(
        "%s, tensor %s is stored as %s. Expected F32, F16 or BF16."
            .formatted(path, tensor.name(), tensor.type()));
  }
}
