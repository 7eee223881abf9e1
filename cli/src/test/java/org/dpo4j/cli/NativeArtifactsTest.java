package org.dpo4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The artifacts of every platform hold the libraries for its system and processor. They are looked
 * into, not run: {@code mvn -Pnatives verify} has resolved them into {@code target/natives}.
 */
@Tag("natives")
class NativeArtifactsTest {
  private enum Platform {
    LINUX_X86_64("linux-x86_64", "linux-x86_64", "linux-x64", "lib%s.so", Format.ELF, 62),
    LINUX_AARCH64("linux-aarch64", "linux-arm64", "linux-aarch64", "lib%s.so", Format.ELF, 183),
    MACOS_AARCH64(
        "osx-aarch64", "macosx-arm64", "osx-aarch64", "lib%s.dylib", Format.MACH_O, 0x0100000C),
    WINDOWS_X86_64("win-x86_64", "windows-x86_64", "win-x64", "%s.dll", Format.PE, 0x8664);

    /** What dpo4j calls it, as DJL does. */
    final String classifier;

    final String inTensorFlow;
    final String inOnnxRuntime;
    final String fileName;
    final Format format;
    final int processor;

    Platform(
        String classifier,
        String inTensorFlow,
        String inOnnxRuntime,
        String fileName,
        Format format,
        int processor) {
      this.classifier = classifier;
      this.inTensorFlow = inTensorFlow;
      this.inOnnxRuntime = inOnnxRuntime;
      this.fileName = fileName;
      this.format = format;
      this.processor = processor;
    }

    String file(String library) {
      return fileName.formatted(library);
    }
  }

  /** Where a library's header names its processor. */
  private enum Format {
    ELF,
    MACH_O,
    PE;

    int processor(ByteBuffer header) {
      return switch (this) {
        case ELF -> {
          assertEquals(0x464C457F, header.getInt(0), "\\x7fELF");
          yield header.getShort(18);
        }
        case MACH_O -> {
          assertEquals(0xFEEDFACF, header.getInt(0), "64-bit Mach-O");
          yield header.getInt(4);
        }
        case PE -> {
          int peHeader = header.getInt(0x3C);
          assertEquals(0x00004550, header.getInt(peHeader), "PE\\0\\0");
          yield Short.toUnsignedInt(header.getShort(peHeader + 4));
        }
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void pytorch(Platform platform) throws IOException {
    for (String library : List.of("torch", "torch_cpu", "c10")) {
      checkInJar(platform, "pytorch", "pytorch/cpu/" + platform.classifier, platform.file(library));
    }
  }

  @ParameterizedTest
  @EnumSource
  void javaBindingsOfPytorch(Platform platform) throws IOException {
    checkOnClassPath(platform, "jnilib/" + platform.classifier + "/cpu", "djl_torch");
  }

  @ParameterizedTest
  @EnumSource
  void tokenizers(Platform platform) throws IOException {
    checkOnClassPath(platform, "native/lib/" + platform.classifier + "/cpu", "tokenizers");
  }

  @ParameterizedTest
  @EnumSource
  void tensorflow(Platform platform) throws IOException {
    String folder = "org/tensorflow/internal/c_api/" + platform.inTensorFlow;
    checkInJar(platform, "tensorflow", folder, platform.file("jnitensorflow"));
    String library =
        switch (platform.format) {
          case ELF -> "libtensorflow_cc.so.2";
          case MACH_O -> "libtensorflow_cc.2.dylib";
          case PE -> "tensorflow.dll";
        };
    checkInJar(platform, "tensorflow", folder, library);
  }

  @ParameterizedTest
  @EnumSource
  void onnxRuntime(Platform platform) throws IOException {
    String folder = "ai/onnxruntime/native/" + platform.inOnnxRuntime;
    checkOnClassPath(platform, folder, "onnxruntime");
    checkOnClassPath(platform, folder, "onnxruntime4j_jni");
  }

  private static void checkInJar(Platform platform, String engine, String folder, String library)
      throws IOException {
    Path jar = Path.of("target", "natives", engine + "-" + platform.classifier + ".jar");
    try (JarFile file = new JarFile(jar.toFile())) {
      String name = folder + "/" + library;
      ZipEntry entry = file.getEntry(name);
      assertNotNull(entry, () -> jar + " holds no " + name);
      try (InputStream in = file.getInputStream(entry)) {
        check(platform, name, in);
      }
    }
  }

  private static void checkOnClassPath(Platform platform, String folder, String library)
      throws IOException {
    String name = folder + "/" + platform.file(library);
    try (InputStream in = NativeArtifactsTest.class.getClassLoader().getResourceAsStream(name)) {
      assertNotNull(in, () -> "no jar on the class path holds " + name);
      check(platform, name, in);
    }
  }

  private static void check(Platform platform, String name, InputStream library)
      throws IOException {
    ByteBuffer header = ByteBuffer.wrap(library.readNBytes(4096)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(platform.processor, platform.format.processor(header), name);
  }
}
