package org.dpo4j.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes an ONNX graph down, node by node; values are known by their names. */
final class GraphBuilder {
  /** ONNX Runtime's own operators. */
  static final String CONTRIB = "com.microsoft";

  static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
  static final int INT32 = TensorProto.DataType.INT32_VALUE;
  static final int INT64 = TensorProto.DataType.INT64_VALUE;
  static final int BOOL = TensorProto.DataType.BOOL_VALUE;

  /** The version of the standard operators that this backend writes. */
  static final int OPSET = 23;

  private static final int IR_VERSION = 10;

  private final int opset;
  private final GraphProto.Builder graph;
  private final AtomicInteger names;
  private final Map<Object, String> constants = new HashMap<>();

  GraphBuilder() {
    this(OPSET);
  }

  /** Of another version than this backend writes: for tests. */
  GraphBuilder(int opset) {
    this(opset, "dpo4j", new AtomicInteger());
  }

  private GraphBuilder(int opset, String name, AtomicInteger names) {
    this.opset = opset;
    this.graph = GraphProto.newBuilder().setName(name);
    this.names = names;
  }

  /** The body of a loop: sees the values of this graph, its own names differ from all others. */
  GraphBuilder body(String name) {
    return new GraphBuilder(opset, name, names);
  }

  /** The version of the standard operators. */
  int opset() {
    return opset;
  }

  /** A standard operator with one result. */
  String node(String type, List<String> inputs, Object... attributes) {
    return nodes("", type, 1, inputs, attributes).get(0);
  }

  /** One of ONNX Runtime's own operators, with one result. */
  String contrib(String type, List<String> inputs, Object... attributes) {
    return nodes(CONTRIB, type, 1, inputs, attributes).get(0);
  }

  /**
   * An operator.
   *
   * @param inputs names; an optional one that is left out is empty
   * @param attributes names and values in turn: Integer, Double, or a graph
   */
  List<String> nodes(
      String domain, String type, int results, List<String> inputs, Object... attributes) {
    NodeProto.Builder node =
        NodeProto.newBuilder().setOpType(type).setDomain(domain).addAllInput(inputs);
    String name = type + "_" + names.getAndIncrement();
    node.setName(name);
    for (int i = 0; i < results; i++) node.addOutput(name + "_" + i);
    for (int i = 0; i < attributes.length; i += 2) {
      node.addAttribute(attribute((String) attributes[i], attributes[i + 1]));
    }
    graph.addNode(node);
    return List.copyOf(node.getOutputList());
  }

  private static AttributeProto attribute(String name, Object value) {
    AttributeProto.Builder a = AttributeProto.newBuilder().setName(name);
    if (value instanceof Integer i)
      return a.setType(AttributeProto.AttributeType.INT).setI(i).build();
    if (value instanceof Double d) {
      return a.setType(AttributeProto.AttributeType.FLOAT).setF(d.floatValue()).build();
    }
    if (value instanceof GraphBuilder g) {
      return a.setType(AttributeProto.AttributeType.GRAPH).setG(g.graph).build();
    }
    throw new IllegalArgumentException("attribute " + name + " is " + value);
  }

  /** The rows of a matrix at an index. */
  String rows(String x, String at) {
    return node("Gather", List.of(x, at), "axis", 0);
  }

  /** The same numbers in another shape; -1 is what remains. */
  String shaped(String x, long... shape) {
    return node("Reshape", List.of(x, int64(shape)));
  }

  /** What lies from a start to an end along one axis. */
  String slice(String x, int axis, String start, String end) {
    return node("Slice", List.of(x, start, end, int64(axis)));
  }

  /** A float scalar. */
  String scalar(double value) {
    return constants.computeIfAbsent(
        value,
        v -> initializer(TensorProto.newBuilder().setDataType(FLOAT).addFloatData((float) value)));
  }

  /** An int32 scalar. */
  String int32(int value) {
    return constants.computeIfAbsent(
        value, v -> initializer(TensorProto.newBuilder().setDataType(INT32).addInt32Data(value)));
  }

  /** An int64 vector: shapes, axes, bounds. */
  String int64(long... values) {
    List<Long> key = Arrays.stream(values).boxed().toList();
    return constants.computeIfAbsent(
        key,
        v ->
            initializer(
                TensorProto.newBuilder()
                    .setDataType(INT64)
                    .addDims(values.length)
                    .addAllInt64Data(key)));
  }

  private String initializer(TensorProto.Builder tensor) {
    String name = "constant_" + names.getAndIncrement();
    graph.addInitializer(tensor.setName(name));
    return name;
  }

  /** A weight, described by whoever has it. */
  void weight(TensorProto tensor) {
    graph.addInitializer(tensor);
  }

  /**
   * A value that is fed.
   *
   * @param dimensions numbers, or names of axes
   */
  String input(String name, int type, Object... dimensions) {
    graph.addInput(value(name, type, dimensions));
    return name;
  }

  /** Names a value as a result of the graph. */
  void output(String value, String name, int type, Object... dimensions) {
    graph.addNode(
        NodeProto.newBuilder().setOpType("Identity").addInput(value).addOutput(name).setName(name));
    graph.addOutput(value(name, type, dimensions));
  }

  private static ValueInfoProto value(String name, int type, Object... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object d : dimensions) {
      TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
      if (d instanceof String axis) dimension.setDimParam(axis);
      else dimension.setDimValue(((Number) d).longValue());
      shape.addDim(dimension);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
        .build();
  }

  /** The finished model. */
  byte[] toBytes() {
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("dpo4j")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(CONTRIB).setVersion(1))
        .setGraph(graph)
        .build()
        .toByteArray();
  }
}
