package org.dpo4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dpo4j.backend.ScoringSession;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.layout.AttentionTiles;
import org.dpo4j.layout.Axis;
import org.dpo4j.layout.Batch;
import org.dpo4j.layout.TokenLayout;
import org.dpo4j.model.Architectures;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.model.ModelConfig;
import org.dpo4j.model.WeightSource;
import org.dpo4j.testkit.PlainBackend;
import org.dpo4j.testkit.TestExamples;
import org.dpo4j.testkit.TestModels;
import org.dpo4j.tokenization.TokenizedExample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No padding but in attention, the head where completions are predicted, ORT's own kernels. */
class OnnxLayoutTest {
  private static final int LAYERS = 2;

  /** The inputs by which tokens are gathered into tiles, of two groups. */
  private static final Set<String> TILES =
      Set.of(
          TiledAttention.queries(0),
          TiledAttention.keys(0),
          TiledAttention.queries(1),
          TiledAttention.keys(1));

  private static final WeightSource WEIGHTS = TestModels.weights(11);

  private static CausalTransformer llama(int headDim) {
    String config =
        """
        {"model_type": "llama", "vocab_size": 41, "hidden_size": 12, "intermediate_size": 20,
         "num_hidden_layers": %d, "num_attention_heads": 4, "num_key_value_heads": 2,
         "head_dim": %d, "max_position_embeddings": 64}
        """;
    return Architectures.create(ModelConfig.parse(config.formatted(LAYERS, headDim), "a test"));
  }

  private final GraphBuilder graph = new GraphBuilder();
  private final Initializers initializers = new Initializers(OnnxRuntime.environment(), WEIGHTS);
  private final OnnxTensorOps trace = new OnnxTensorOps(graph, initializers, true);

  private GraphProto trace(CausalTransformer model) throws InvalidProtocolBufferException {
    graph.output(
        trace.name(model.tokenLogProbs(trace, Set.of()).logProbs()), "out", GraphBuilder.FLOAT);
    return ModelProto.parseFrom(graph.toBytes()).getGraph();
  }

  private static List<NodeProto> nodes(GraphProto graph, String type) {
    return graph.getNodeList().stream().filter(n -> n.getOpType().equals(type)).toList();
  }

  /** The first dimension of what some nodes give for a batch. */
  private List<Long> rows(List<NodeProto> nodes, Batch batch) throws OrtException {
    OrtEnvironment environment = OnnxRuntime.environment();
    for (int i = 0; i < nodes.size(); i++) {
      graph.output(nodes.get(i).getOutput(0), "seen" + i, GraphBuilder.FLOAT);
    }
    List<Long> rows = new ArrayList<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      initializers.configure(options);
      try (OrtSession session = environment.createSession(graph.toBytes(), options);
          BatchInputs inputs = new BatchInputs(environment, trace, batch);
          OrtSession.Result result = session.run(inputs.tensors())) {
        for (int i = 0; i < nodes.size(); i++) {
          OnnxTensor seen = (OnnxTensor) result.get("seen" + i).orElseThrow();
          rows.add(seen.getInfo().getShape()[0]);
        }
      }
    } finally {
      initializers.close();
    }
    return rows;
  }

  @Test
  void linearLayersSeeEveryTokenOnceAndTheHeadWhatItPredicts() throws Exception {
    CausalTransformer model = llama(8);
    Batch batch = StoredModel.batch(model);
    GraphProto traced = trace(model);
    TokenLayout layout = batch.layout();
    long tokens = layout.length(Axis.TOKENS);
    long predictions = layout.length(Axis.PREDICTIONS);
    AttentionTiles padded = AttentionTiles.of(layout, 64);
    assertTrue(
        tokens < padded.groups().stream().mapToLong(g -> (long) g.tiles() * g.queries()).sum(),
        "a batch that padding would show in");
    assertTrue(predictions < tokens, "a batch with prompts");

    List<NodeProto> seen = new ArrayList<>(nodes(traced, "Gemm"));
    assertEquals(7 * LAYERS, seen.size(), "the head's is in the loop");
    List<NodeProto> norms = nodes(traced, "SimplifiedLayerNormalization");
    assertEquals(2, norms.size(), "the first and the last: all others are fused with a sum");
    seen.addAll(norms);
    List<Long> expected = new ArrayList<>();
    for (int i = 0; i < seen.size() - 1; i++) expected.add(tokens);
    expected.add(predictions);
    assertEquals(expected, rows(seen, batch));
  }

  @Test
  void onlyAttentionSeesPadding() throws Exception {
    GraphProto traced = trace(llama(6));
    Set<String> padded = new HashSet<>();
    Set<String> kinds = new HashSet<>();
    for (NodeProto n : traced.getNodeList()) {
      boolean gather = n.getOpType().equals("Gather");
      boolean in = gather && TILES.contains(n.getInput(1));
      boolean out = gather && n.getInput(1).equals(TiledAttention.SLOT_OF_TOKEN);
      boolean reads = n.getInputList().stream().anyMatch(padded::contains);
      if (in || (reads && !out)) padded.addAll(n.getOutputList());
      if (reads && !out) kinds.add(n.getOpType());
    }
    assertEquals(Set.of("Attention", "Reshape", "Concat"), kinds);
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 8})
  void theRuntimesOwnKernelsAreUsed(int headDim) throws Exception {
    GraphProto traced = trace(llama(headDim));
    assertEquals(AttentionTiles.GROUPS * LAYERS, nodes(traced, "Attention").size());
    assertEquals(2 * LAYERS, nodes(traced, "RotaryEmbedding").size());
    assertEquals(2 * LAYERS - 1, nodes(traced, "SkipSimplifiedLayerNormalization").size());
    NodeProto loop = nodes(traced, "Loop").get(0);
    List<NodeProto> head = nodes(loop.getAttribute(0).getG(), "Gemm");
    assertEquals("lm_head.weight", head.get(0).getInput(1));
    assertEquals(1, head.size());
  }

  /** Other kernels of the runtime want a multiple of 8. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 6, 8, 10, 14, 16, 24, 62})
  void everySizeOfAHeadIsEqual(int headDim) {
    assertEqualsPlain(llama(headDim), new TestExamples(3, 41).mixed());
  }

  /** Rows of a single token, single rows, and pieces of the head on either side of its length. */
  @Test
  void oddBatchesAreEqual() {
    CausalTransformer model = llama(8);
    TestExamples make = new TestExamples(4, 41);
    assertEqualsPlain(model, List.of(make.example(1, 1)));
    assertEqualsPlain(model, List.of(make.example(1, 1, 1)));
    assertEqualsPlain(model, List.of(make.example(0, 2, 2), make.example(1, 1)));
    assertEqualsPlain(model, List.of(make.example(1, 1), make.example(50, 14)));
    assertEqualsPlain(model, List.of(make.example(9, 3), make.example(1, 1)));
    for (int predictions : new int[] {HeadLoop.ROWS - 1, HeadLoop.ROWS, HeadLoop.ROWS + 1}) {
      List<TokenizedExample> examples = new ArrayList<>();
      for (int left = predictions; left > 0; left -= 50) {
        examples.add(make.example(3, Math.min(left, 50)));
      }
      assertEquals(predictions, assertEqualsPlain(model, examples));
    }
  }

  private static int assertEqualsPlain(CausalTransformer model, List<TokenizedExample> examples) {
    Batch batch = model.batch(examples);
    try (ScoringSession onnx =
            new OnnxBackend().openScoring(model, WEIGHTS, SessionOptions.defaults());
        ScoringSession plain =
            new PlainBackend().openScoring(model, WEIGHTS, SessionOptions.defaults())) {
      double[] expected = plain.score(batch, Set.of()).logProbs();
      assertArrayEquals(expected, onnx.score(batch, Set.of()).logProbs(), 2e-4);
      return expected.length;
    }
  }
}
