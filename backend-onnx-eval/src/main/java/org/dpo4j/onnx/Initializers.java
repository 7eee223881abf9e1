package org.dpo4j.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dpo4j.model.StoredWeights;
import org.dpo4j.model.StoredWeights.Location;
import org.dpo4j.model.WeightSource;
import org.dpo4j.model.safetensors.FloatType;
import org.dpo4j.service.InputException;
import org.dpo4j.tensor.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a graph. What lies in a file is not read here: the graph says file, offset and
 * length, and the runtime maps it; bf16 and fp16 are widened by a cast that the runtime runs once,
 * as it loads. The runtime takes files of a single folder only, so weights from elsewhere, like
 * those of a training session, are handed over from memory.
 */
final class Initializers implements AutoCloseable {
  private static final String FOLDER = "session.model_external_initializers_file_folder_path";

  private final OrtEnvironment environment;
  private final WeightSource weights;
  private final Map<Parameter, String> names = new HashMap<>();
  private final Map<String, OnnxTensorLike> inMemory = new LinkedHashMap<>();
  private @Nullable Path folder;

  Initializers(OrtEnvironment environment, WeightSource weights) {
    this.environment = environment;
    this.weights = weights;
  }

  /** The name of a weight in float32; written into the graph when it is first asked for. */
  String name(Parameter p, GraphBuilder graph) {
    String known = names.get(p);
    if (known != null) return known;
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(p.name())
            .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    if (!p.vector()) tensor.addDims(p.rows());
    tensor.addDims(p.columns());
    Location location = weights instanceof StoredWeights s ? inFolder(s.locate(p)) : null;
    String name = p.name();
    if (location == null) {
      tensor.setDataType(GraphBuilder.FLOAT).addExternalData(entry("location", "memory"));
      inMemory.put(name, read(p));
      graph.weight(tensor.build());
    } else {
      tensor
          .setDataType(type(location))
          .addExternalData(entry("location", location.file().getFileName().toString()))
          .addExternalData(entry("offset", Long.toString(location.offset())))
          .addExternalData(entry("length", Long.toString(location.bytes())));
      graph.weight(tensor.build());
      if (location.type() != FloatType.F32) {
        name = graph.node("Cast", List.of(name), "to", GraphBuilder.FLOAT);
      }
    }
    names.put(p, name);
    return name;
  }

  private @Nullable Location inFolder(Location found) {
    Path parent = found.file().toAbsolutePath().getParent();
    if (folder == null) folder = parent;
    return parent != null && parent.equals(folder) ? found : null;
  }

  private static int type(Location location) {
    return switch (location.type()) {
      case F32 -> TensorProto.DataType.FLOAT_VALUE;
      case F16 -> TensorProto.DataType.FLOAT16_VALUE;
      case BF16 -> TensorProto.DataType.BFLOAT16_VALUE;
    };
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private OnnxTensor read(Parameter p) {
    long bytes = Float.BYTES * p.size();
    if (bytes > Integer.MAX_VALUE) {
      throw new InputException(
          "the tensor %s %s takes %d bytes, more than ONNX Runtime takes from memory; save the model and score it from its directory, with all shards in one folder"
              .formatted(p.name(), p.shape(), bytes));
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
    FloatBuffer floats = buffer.asFloatBuffer();
    weights.read(p, (firstRow, values) -> floats.put(values));
    long[] shape = p.vector() ? new long[] {p.columns()} : new long[] {p.rows(), p.columns()};
    try {
      return OnnxTensor.createTensor(environment, floats.flip(), shape);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime made no tensor " + p.name(), e);
    }
  }

  /** Tells the runtime where the weights are. */
  void configure(OrtSession.SessionOptions options) throws OrtException {
    if (folder != null) options.addConfigEntry(FOLDER, folder.toString());
    if (!inMemory.isEmpty()) options.addExternalInitializers(inMemory);
  }

  /** Asks whether the files are still those that the runtime was, or will be, told of. */
  void checkUnchanged() {
    if (weights instanceof StoredWeights s) s.checkUnchanged();
  }

  @Override
  public void close() {
    inMemory.values().forEach(OnnxTensorLike::close);
  }
}
