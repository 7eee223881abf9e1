package org.dpo4j.djl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive as {@code torch.jit.save} writes it, made without Python: a zip whose
 * entries are stored, not compressed, with the source text of a class and a pickle of one instance
 * that has no parameters.
 */
final class KernelArchive {
  private static final String CLASS = "Kernels";

  private KernelArchive() {}

  /** The archive of {@code kernels.py}. */
  static byte[] build() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "data.pkl", instance());
      store(zip, "code/__torch__.py", source());
      store(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      store(zip, "version", ascii("10\n"));
      store(zip, "byteorder", ascii("little"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] source() throws IOException {
    try (InputStream in = KernelArchive.class.getResourceAsStream("kernels.py")) {
      if (in == null) throw new IllegalStateException("kernels.py is not in the jar");
      return in.readAllBytes();
    }
  }

  /**
   * A pickle, protocol 2: {@code c} names the class, {@code )} and 0x81 make an instance of no
   * arguments, <code>}</code> to {@code u} is its state {@code {"training": True}}, {@code b} sets
   * it; {@code q n} memorises what was made, as the reader expects.
   */
  private static byte[] instance() throws IOException {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    byte[] name = ascii("training");
    pickle.write(new byte[] {(byte) 0x80, 2, 'c'});
    pickle.write(ascii("__torch__\n" + CLASS + "\n"));
    pickle.write(new byte[] {'q', 0, ')', (byte) 0x81, '}', 'q', 1, '('});
    pickle.write(new byte[] {'X', (byte) name.length, 0, 0, 0});
    pickle.write(name);
    pickle.write(new byte[] {'q', 2, (byte) 0x88, 'u', 'b', 'q', 3, '.'});
    return pickle.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry("kernels/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
