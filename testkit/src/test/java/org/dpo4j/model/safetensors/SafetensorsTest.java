package org.dpo4j.model.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.dpo4j.service.InputException;
import org.dpo4j.tensor.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {
  private static final Parameter MATRIX = Parameter.matrix("m", 3, 2);
  private static final Parameter VECTOR = Parameter.vector("a.bias", 3);

  @TempDir Path directory;

  private static float[] numbers(Parameter p) {
    float[] special = {1.5f, -0f, Float.POSITIVE_INFINITY, Float.NaN, 0x1p-130f, -3};
    return Arrays.copyOf(special, (int) p.size());
  }

  private static byte[] written(FloatType type) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(
        Channels.newChannel(out),
        List.of(MATRIX, VECTOR),
        type,
        (p, to) -> {
          FloatBuffer all = FloatBuffer.wrap(numbers(p));
          to.accept(all.slice(0, 2));
          to.accept(all.slice(2, (int) p.size() - 2));
        });
    return out.toByteArray();
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(directory.resolve("f.safetensors"), content);
  }

  private static byte[] file(String header, int dataBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  private static float[] read(SafetensorsFile file, Parameter p) {
    FloatBuffer all = FloatBuffer.allocate((int) p.size());
    TensorEntry entry = file.tensors().get(p.name());
    file.read(entry, p.rows(), p.columns(), (row, values) -> all.put(values));
    assertFalse(all.hasRemaining());
    return all.array();
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void whatIsWrittenIsRead(FloatType type) throws IOException {
    SafetensorsFile file = SafetensorsFile.open(file(written(type)));
    assertEquals(List.of("a.bias", "m"), List.copyOf(file.tensors().keySet()), "sorted");
    // all of these are bfloat16 numbers
    assertArrayEquals(numbers(MATRIX), read(file, MATRIX));
    assertArrayEquals(numbers(VECTOR), read(file, VECTOR));
    assertEquals(List.of(3L, 2L), file.tensors().get("m").shape());
    assertEquals(List.of(3L), file.tensors().get("a.bias").shape());
  }

  @Test
  void theHeaderIsAlignedAndSaysThatItIsPyTorchs() throws IOException {
    byte[] bytes = written(FloatType.F32);
    int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertEquals(0, length % 8);
    String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
    assertTrue(header.startsWith("{\"__metadata__\":{\"format\":\"pt\"},\"a.bias\":"), header);
    assertArrayEquals(bytes, written(FloatType.F32));
  }

  @Test
  void aSourceThatGivesTooLittleIsAMistake() {
    assertThrows(
        IllegalStateException.class,
        () ->
            SafetensorsWriter.write(
                Channels.newChannel(new ByteArrayOutputStream()),
                List.of(MATRIX),
                FloatType.F32,
                (p, to) -> to.accept(FloatBuffer.allocate(5))));
  }

  @Test
  void float16IsTooNarrowToBeWritten() {
    assertThrows(IllegalArgumentException.class, () -> written(FloatType.F16));
  }

  @Test
  void largeTensorsComeInBlocksOfWholeRows() throws IOException {
    Parameter large = Parameter.matrix("large", 1000, 3001); // 12 MB
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(
        Channels.newChannel(out),
        List.of(large),
        FloatType.F32,
        (p, to) -> {
          for (int row = 0; row < 1000; row++) {
            float[] values = new float[3001];
            Arrays.fill(values, row);
            to.accept(FloatBuffer.wrap(values));
          }
        });
    SafetensorsFile file = SafetensorsFile.open(file(out.toByteArray()));
    List<Integer> starts = new ArrayList<>();
    file.read(
        file.tensors().get("large"),
        1000,
        3001,
        (row, values) -> {
          starts.add(row);
          assertEquals(0, values.remaining() % 3001);
          for (int r = row; values.hasRemaining(); r++) {
            float[] all = new float[3001];
            float[] expected = new float[3001];
            Arrays.fill(expected, r);
            values.get(all);
            assertArrayEquals(expected, all);
          }
        });
    assertTrue(starts.size() > 1, "in one piece");
  }

  /** The offsets of a header are worth nothing in another file. */
  @Test
  void aFileThatWasChangedIsNotRead() throws IOException {
    Path path = file(written(FloatType.F32));
    SafetensorsFile file = SafetensorsFile.open(path);
    read(file, MATRIX);
    file.checkUnchanged();
    FileTime before = Files.getLastModifiedTime(path);
    Files.setLastModifiedTime(path, FileTime.fromMillis(before.toMillis() + 1000));
    assertChanged(path, file);
    Files.setLastModifiedTime(path, before);
    file.checkUnchanged();
    Files.write(path, written(FloatType.BF16));
    assertChanged(path, file);
    Files.delete(path);
    InputException e = assertThrows(InputException.class, file::checkUnchanged);
    assertEquals(path + " is missing.", e.getMessage());
  }

  private static void assertChanged(Path path, SafetensorsFile file) {
    InputException e = assertThrows(InputException.class, () -> read(file, MATRIX));
    String start = path + " was changed while it was in use: it was ";
    assertTrue(e.getMessage().startsWith(start), e.getMessage());
    assertTrue(e.getMessage().contains(" bytes of 2"), e.getMessage());
  }

  @Test
  void aFileThatChangesWhileItIsReadIsRefused() throws IOException {
    Path path = file(written(FloatType.F32));
    SafetensorsFile file = SafetensorsFile.open(path);
    TensorEntry entry = file.tensors().get("m");
    InputException e =
        assertThrows(
            InputException.class,
            () -> file.read(entry, 3, 2, (row, values) -> path.toFile().setLastModified(1)));
    assertTrue(e.getMessage().contains("was changed while it was in use"), e.getMessage());
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC}) // elsewhere the file would not be sparse
  void aTensorBeyondTwoGigabytesIsFound() throws IOException {
    // a sparse file: 3 GB of zeros, then one number
    long zeros = 3L << 30;
    String header =
        "{\"z\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]},\"v\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}"
            .formatted(zeros, zeros, zeros, zeros + 4);
    Path path = file(file(header, 0));
    try (RandomAccessFile raw = new RandomAccessFile(path.toFile(), "rw")) {
      raw.setLength(raw.length() + zeros + 4);
      raw.seek(raw.length() - 2);
      raw.write(0x80);
      raw.write(0x3f);
    }
    SafetensorsFile file = SafetensorsFile.open(path);
    assertArrayEquals(new float[] {1}, read(file, Parameter.vector("v", 1)));
    Parameter integers = Parameter.vector("z", 1);
    InputException e = assertThrows(InputException.class, () -> read(file, integers));
    assertTrue(e.getMessage().endsWith("tensor z is stored as U8. Expected F32, F16 or BF16."));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\": | 0 | header is not valid JSON",
        "[]                                                                      | 0 | its header is no JSON object",
        "{} {}                                                                   | 0 | header is not valid JSON",
        "{\"a\":1}                                                               | 0 | tensor a has the type",
        "{\"a\":{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,4]}}        | 4 | tensor a has the type \"F31\"",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}                               | 4 | tensor a has no pair of data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}          | 4 | tensor a has no shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}       | 4 | tensor a has -1 where a size belongs",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,1e9]}}      | 4 | tensor a has 1.0E9 where a size belongs",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}        | 4 | tensor a would lie at bytes 0 to 8 of 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}        | 4 | tensor a would lie at bytes 4 to 0 of 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}        | 4 | tensor a is F32 [2] but has 4 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}} | 0 | tensor a is F32 [4294967296, 4294967296] but has 0 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}} | 12 | tensors a and b overlap",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}        | 8 | nothing lies in the 4 bytes before tensor a",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}        | 9 | 5 bytes are left over at its end",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | Duplicate field 'a'",
      })
  void damagedHeadersAreNamed(String header, int dataBytes, String problem) throws IOException {
    Path path = file(file(header, dataBytes));
    InputException e = assertThrows(InputException.class, () -> SafetensorsFile.open(path));
    assertTrue(e.getMessage().startsWith(path + " is no whole safetensors file"), e.getMessage());
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  @Test
  void impossibleLengthsAndMissingFilesAreNamed() throws IOException {
    for (long length : new long[] {0, 1, 100, 1L << 60, -1}) {
      Path path =
          file(ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
      InputException e = assertThrows(InputException.class, () -> SafetensorsFile.open(path));
      assertTrue(
          e.getMessage().contains("header says to be " + Long.toUnsignedString(length)),
          e.getMessage());
    }
    Path shortFile = file(new byte[7]);
    InputException e = assertThrows(InputException.class, () -> SafetensorsFile.open(shortFile));
    assertTrue(e.getMessage().contains("it has only 7 bytes"), e.getMessage());
    Path absent = directory.resolve("absent");
    InputException none = assertThrows(InputException.class, () -> SafetensorsFile.open(absent));
    assertEquals(absent + " is missing.", none.getMessage());
  }

  @Test
  void whateverIsInAFileItIsReadOrRefused() throws IOException {
    byte[] sound = written(FloatType.F32);
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 500; i++) {
      byte[] bytes = Arrays.copyOf(sound, sound.length - (i % 4 == 0 ? random.nextInt(60) : 0));
      for (int k = random.nextInt(4); k >= 0; k--) {
        bytes[random.nextInt(Math.min(bytes.length, 250))] = (byte) random.nextInt();
      }
      try {
        SafetensorsFile file = SafetensorsFile.open(file(bytes));
        for (TensorEntry t : file.tensors().values()) {
          int numbers = t.shape().stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b);
          if (numbers > 0) file.read(t, 1, numbers, (row, values) -> {});
        }
      } catch (InputException e) {
        refused++;
      }
    }
    assertTrue(refused > 300, refused + " refused");
  }
}
