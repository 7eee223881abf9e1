package org.dpo4j.preference;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.dpo4j.service.InputException;
import org.jspecify.annotations.Nullable;

/** Opens a file of text, unpacked where it is gzip, whatever its name. */
final class PreferenceFile {
  private static final int BUFFER = 1 << 16;
  private static final int BEGINNING = 1 << 12;

  private PreferenceFile() {}

  /**
   * @throws InputException where there is no file that can be read more than once
   */
  static void check(Path file) {
    if (Files.notExists(file)) {
      throw new InputException("%s does not exist (looked for %s)".formatted(file, absolute(file)));
    }
    if (Files.isDirectory(file)) {
      throw new InputException("%s is a directory, expected a file of preferences".formatted(file));
    }
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          "%s is not a regular file: the rows are read more than once, so a pipe cannot be used"
              .formatted(file));
    }
    try (InputStream in = open(file)) {
      if (firstText(in.readNBytes(BEGINNING)) < 0 && in.read() < 0) {
        throw new InputException("%s is empty, expected one preference a row".formatted(file));
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The bytes of the text. The caller closes the stream. */
  static InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
    try {
      in.mark(2);
      byte[] magic = in.readNBytes(2);
      in.reset();
      if (starts(magic, 0x1f, 0x8b)) {
        in = new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER);
      }
      return in;
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /**
   * The first byte that is neither a byte-order mark's nor JSON's white space, or -1 where the
   * file's beginning holds none.
   */
  static int first(Path file) {
    try (InputStream in = open(file)) {
      return firstText(in.readNBytes(BEGINNING));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static int firstText(byte[] bytes) {
    for (int i = starts(bytes, 0xef, 0xbb, 0xbf) ? 3 : 0; i < bytes.length; i++) {
      if (!JsonRecords.isBlank(bytes[i])) return bytes[i] & 0xff;
    }
    return -1;
  }

  /**
   * What the file is by its first bytes if that is no text in UTF-8, in words that continue "the
   * file is"; else null.
   */
  static @Nullable String kind(Path file) {
    byte[] b;
    try (InputStream in = open(file)) {
      b = in.readNBytes(6);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    if (starts(b, 0xff, 0xfe, 0, 0) || starts(b, 0, 0, 0xfe, 0xff)) return "in UTF-32";
    if (starts(b, 0xfe, 0xff) || starts(b, 0)) return "in UTF-16 (big-endian)";
    if (starts(b, 0xff, 0xfe) || (b.length > 1 && b[1] == 0)) return "in UTF-16 (little-endian)";
    if (starts(b, 'P', 'A', 'R', '1')) return "a Parquet file";
    if (starts(b, 0x28, 0xb5, 0x2f, 0xfd)) return "compressed with Zstandard";
    if (starts(b, 'P', 'K', 3, 4)) return "a zip archive";
    if (starts(b, 0xfd, '7', 'z', 'X', 'Z')) return "compressed with xz";
    if (starts(b, 'B', 'Z', 'h')) return "compressed with bzip2";
    return null;
  }

  private static boolean starts(byte[] bytes, int... with) {
    if (bytes.length < with.length) return false;
    for (int i = 0; i < with.length; i++) {
      if ((bytes[i] & 0xff) != with[i]) return false;
    }
    return true;
  }

  static InputException unreadable(Path file, IOException e) {
    String why = e instanceof NoSuchFileException ? "it is gone" : String.valueOf(e.getMessage());
    return new InputException("%s cannot be read: %s".formatted(file, why), e);
  }

  private static Path absolute(Path file) {
    return file.toAbsolutePath().normalize();
  }
}
