import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process holds after it has gone through a file of weights in blocks of 4 MB, by reading
 * them or by mapping them. Linux only.
 */
class ReadOrMap {
  private static final int BLOCK = 4 << 20;

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println(
          "usage: java -XX:+UseSerialGC -Xmx512m benchmarks/ReadOrMap.java read|map FILE");
      System.exit(2);
    }
    boolean map = args[0].equals("map");
    ByteBuffer raw = ByteBuffer.allocateDirect(BLOCK);
    float[] values = new float[BLOCK / Float.BYTES];
    long start = System.nanoTime();
    try (FileChannel file = FileChannel.open(Path.of(args[1]))) {
      for (long at = 0; at < file.size(); at += BLOCK) {
        int count = (int) Math.min(BLOCK, file.size() - at);
        ByteBuffer block =
            map
                ? file.map(FileChannel.MapMode.READ_ONLY, at, count)
                : read(file, at, raw.clear().limit(count));
        FloatBuffer floats = block.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        floats.get(values, 0, floats.remaining());
      }
    }
    System.out.printf("%s: %d ms%n", args[0], (System.nanoTime() - start) / 1_000_000);
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      lines.filter(l -> l.startsWith("VmHWM")).forEach(System.out::println);
    }
  }

  private static ByteBuffer read(FileChannel file, long from, ByteBuffer block) throws IOException {
    while (block.hasRemaining()) file.read(block, from + block.position());
    return block.flip();
  }
}
