package org.dpo4j.model.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.service.InputException;

/** Reads and checks a header: nothing of a file is believed that its size doesn't bear out. */
final class SafetensorsHeader {
  /** The format's own bound. */
  static final int MAX_BYTES = 100_000_000;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final Map<String, Integer> TYPE_BYTES =
      Map.ofEntries(
          Map.entry("BOOL", 1),
          Map.entry("U8", 1),
          Map.entry("I8", 1),
          Map.entry("F8_E4M3", 1),
          Map.entry("F8_E5M2", 1),
          Map.entry("I16", 2),
          Map.entry("U16", 2),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("I32", 4),
          Map.entry("U32", 4),
          Map.entry("F32", 4),
          Map.entry("I64", 8),
          Map.entry("U64", 8),
          Map.entry("F64", 8));

  private final Path file;
  private final long dataStart;
  private final long dataBytes;

  private SafetensorsHeader(Path file, long dataStart, long dataBytes) {
    this.file = file;
    this.dataStart = dataStart;
    this.dataBytes = dataBytes;
  }

  /**
   * The tensors of a file by name, in the order of the header.
   *
   * @throws InputException where the file is cut short, or at odds with itself
   */
  static Map<String, TensorEntry> read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      if (size < 8) throw damaged(file, "it has only " + size + " bytes");
      long length = bytes(channel, 0, 8).getLong();
      if (length < 2 || length > Math.min(MAX_BYTES, size - 8)) {
        throw damaged(
            file,
            "its header says to be %s bytes long, in a file of %d"
                .formatted(Long.toUnsignedString(length), size));
      }
      byte[] json = bytes(channel, 8, (int) length).array();
      return new SafetensorsHeader(file, 8 + length, size - 8 - length).entries(json);
    } catch (IOException e) {
      throw new InputException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static ByteBuffer bytes(FileChannel channel, long from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    return SafetensorsFile.fill(buffer, channel, from);
  }

  private static InputException damaged(Path file, String problem) {
    return new InputException(
        "%s is no whole safetensors file: %s. Copy or download it again.".formatted(file, problem));
  }

  private Map<String, TensorEntry> entries(byte[] json) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException | CharConversionException e) {
      throw new InputException(
          "%s is no whole safetensors file: its header is not valid JSON: %s"
              .formatted(file, e.getMessage()),
          e);
    }
    if (!(root instanceof ObjectNode object)) throw damaged(file, "its header is no JSON object");
    Map<String, TensorEntry> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (!field.getKey().equals("__metadata__")) {
        entries.put(field.getKey(), entry(field.getKey(), field.getValue()));
      }
    }
    checkPlaces(entries);
    return entries;
  }

  private TensorEntry entry(String name, JsonNode node) {
    String type = node.path("dtype").asText();
    Integer typeBytes = TYPE_BYTES.get(type);
    if (typeBytes == null) {
      throw damaged(file, "tensor " + name + " has the type " + node.path("dtype"));
    }
    if (!(node.path("data_offsets") instanceof ArrayNode offsets) || offsets.size() != 2) {
      throw damaged(file, "tensor " + name + " has no pair of data_offsets");
    }
    if (!(node.path("shape") instanceof ArrayNode dimensions)) {
      throw damaged(file, "tensor " + name + " has no shape");
    }
    long begin = number(name, offsets.get(0));
    long end = number(name, offsets.get(1));
    if (begin > end || end > dataBytes) {
      throw damaged(
          file,
          "tensor %s would lie at bytes %d to %d of %d".formatted(name, begin, end, dataBytes));
    }
    List<Long> shape = new ArrayList<>();
    long size = typeBytes;
    for (JsonNode dimension : dimensions) {
      shape.add(number(name, dimension));
      size = product(size, shape.get(shape.size() - 1));
    }
    if (size != end - begin) {
      throw damaged(
          file, "tensor %s is %s %s but has %d bytes".formatted(name, type, shape, end - begin));
    }
    return new TensorEntry(name, type, List.copyOf(shape), dataStart + begin, size);
  }

  /** Of numbers that are not negative; what doesn't fit is as large as can be. */
  private static long product(long a, long b) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    return high != 0 || low < 0 ? Long.MAX_VALUE : low;
  }

  private long number(String name, JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      throw damaged(file, "tensor " + name + " has " + node + " where a size belongs");
    }
    return node.longValue();
  }

  /** Tensors may not overlap, and nothing may be left over: both are signs of another writer. */
  private void checkPlaces(Map<String, TensorEntry> entries) {
    List<TensorEntry> inOrder = new ArrayList<>(entries.values());
    inOrder.sort(
        Comparator.comparingLong(TensorEntry::offset).thenComparingLong(TensorEntry::bytes));
    long end = dataStart;
    String before = "";
    for (TensorEntry entry : inOrder) {
      if (entry.offset() < end) {
        throw damaged(file, "tensors " + before + " and " + entry.name() + " overlap");
      }
      if (entry.offset() > end) {
        throw damaged(
            file,
            "nothing lies in the "
                + (entry.offset() - end)
                + " bytes before tensor "
                + entry.name());
      }
      end = entry.offset() + entry.bytes();
      before = entry.name();
    }
    if (end != dataStart + dataBytes) {
      throw damaged(file, (dataStart + dataBytes - end) + " bytes are left over at its end");
    }
  }
}
