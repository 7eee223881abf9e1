package org.dpo4j.model.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.dpo4j.tensor.Parameter;

/**
 * Writes a safetensors file as a stream: tensors in the order of their names, header and data
 * aligned to 8 bytes, marked as PyTorch's. Equal weights give equal bytes.
 */
public final class SafetensorsWriter {
  private static final int BLOCK_BYTES = 4 << 20;
  private static final int ALIGNMENT = 8;

  private final WritableByteChannel channel;
  private final FloatType type;
  private final ByteBuffer block =
      ByteBuffer.allocateDirect(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private SafetensorsWriter(WritableByteChannel channel, FloatType type) {
    if (type == FloatType.F16) {
      throw new IllegalArgumentException("F16 is too narrow for weights, expected F32 or BF16");
    }
    this.channel = channel;
    this.type = type;
  }

  /** Gives the numbers of tensors. */
  @FunctionalInterface
  public interface Source {
    /** Hands over all numbers of a tensor, row by row, in as many pieces as it likes. */
    void read(Parameter parameter, Consumer<FloatBuffer> numbers);
  }

  /**
   * Writes a file.
   *
   * @param type of the numbers in it: F32, or BF16, rounded to the nearest
   * @throws IOException where the channel does
   */
  public static void write(
      WritableByteChannel channel, List<Parameter> parameters, FloatType type, Source source)
      throws IOException {
    List<Parameter> sorted =
        parameters.stream().sorted(Comparator.comparing(Parameter::name)).toList();
    SafetensorsWriter writer = new SafetensorsWriter(channel, type);
    try {
      writer.header(sorted);
      for (Parameter p : sorted) writer.tensor(p, source);
      writer.flush();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void header(List<Parameter> parameters) {
    ObjectNode header = new ObjectMapper().createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (Parameter p : parameters) {
      long end = offset + p.size() * type.bytes();
      ObjectNode entry = header.putObject(p.name()).put("dtype", type.name());
      if (p.vector()) {
        entry.putArray("shape").add(p.columns());
      } else {
        entry.putArray("shape").add(p.rows()).add(p.columns());
      }
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    int padding = -json.length & (ALIGNMENT - 1);
    room(Long.BYTES).putLong(json.length + padding);
    for (byte b : json) room(1).put(b);
    for (int i = 0; i < padding; i++) room(1).put((byte) ' ');
  }

  private void tensor(Parameter p, Source source) {
    long[] written = {0};
    source.read(
        p,
        numbers -> {
          written[0] += numbers.remaining();
          while (numbers.hasRemaining()) number(numbers.get());
        });
    if (written[0] != p.size()) {
      throw new IllegalStateException(
          p.name() + " " + p.shape() + " came with " + written[0] + " numbers");
    }
  }

  private void number(float value) {
    room(type.bytes());
    if (type == FloatType.F32) {
      block.putFloat(value);
    } else {
      block.putShort(roundToBfloat16(value));
    }
  }

  /** To the nearest; the even one of two that are as near. */
  static short roundToBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    // a NaN stays one: rounding could make it infinite
    if (Float.isNaN(value)) return (short) ((bits >>> 16) | 0x40);
    int half = 0x7fff + ((bits >>> 16) & 1);
    return (short) ((bits + half) >>> 16);
  }

  /** The block, with room for so many bytes. */
  private ByteBuffer room(int bytes) {
    if (block.remaining() < bytes) flush();
    return block;
  }

  private void flush() {
    try {
      block.flip();
      while (block.hasRemaining()) channel.write(block);
      block.clear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
