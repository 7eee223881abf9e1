package org.dpo4j.onnx;

import static org.dpo4j.onnx.GraphBuilder.BOOL;
import static org.dpo4j.onnx.GraphBuilder.FLOAT;
import static org.dpo4j.onnx.GraphBuilder.INT64;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dpo4j.layout.HeadStatistic;

/**
 * The language-model head as a loop over a few hundred predictions at a time, so that {@code
 * [predictions, vocabulary]} never exists whole. What it tells of each prediction is appended to
 * vectors that the loop carries.
 */
final class HeadLoop {
  /** Enough rows that the product runs at full speed, few enough that they stay small. */
  static final int ROWS = 256;

  /** Writes logits {@code [rows, vocabulary]} of hidden states {@code [rows, dim]} into a graph. */
  @FunctionalInterface
  interface Logits {
    String of(GraphBuilder body, String rows);
  }

  private final List<HeadStatistic> statistics;
  private final List<String> results;

  HeadLoop(
      GraphBuilder graph, String hidden, String targets, Set<HeadStatistic> wanted, Logits logits) {
    statistics = List.copyOf(wanted);
    GraphBuilder body = graph.body("head");
    String round = body.input("round", INT64);
    String goOn = body.input("goOn", BOOL);
    List<String> carried = new ArrayList<>();
    for (int i = 0; i <= statistics.size(); i++) {
      carried.add(body.input("carried_" + i, FLOAT, "done"));
    }
    String start = body.node("Mul", List.of(body.shaped(round, 1), body.int64(ROWS)));
    String end = body.node("Add", List.of(start, body.int64(ROWS)));
    String scores = logits.of(body, body.slice(hidden, 0, start, end));
    String logProbs = body.node("LogSoftmax", List.of(scores), "axis", -1);
    String rowTargets = body.slice(targets, 0, start, end);
    String target = body.node("Unsqueeze", List.of(rowTargets, body.int64(1)));
    String told =
        body.node(
            "Squeeze",
            List.of(
                body.node("GatherElements", List.of(logProbs, target), "axis", 1), body.int64(1)));
    List<String> news = new ArrayList<>(List.of(told));
    for (HeadStatistic s : statistics) news.add(statistic(body, s, scores, logProbs, rowTargets));

    body.output(goOn, "goOnNext", BOOL);
    for (int i = 0; i < news.size(); i++) {
      String longer = body.node("Concat", List.of(carried.get(i), news.get(i)), "axis", 0);
      body.output(longer, "longer_" + i, FLOAT, "more");
    }
    List<String> inputs = new ArrayList<>(List.of(rounds(graph, targets), ""));
    String empty = graph.node("ConstantOfShape", List.of(graph.int64(0)));
    for (int i = 0; i < news.size(); i++) inputs.add(empty);
    results = graph.nodes("", "Loop", news.size(), inputs, "body", body);
  }

  /** {@code ceil(predictions / ROWS)}. */
  private static String rounds(GraphBuilder graph, String targets) {
    String n = graph.node("Shape", List.of(targets));
    String up = graph.node("Add", List.of(n, graph.int64(ROWS - 1)));
    return graph.node("Squeeze", List.of(graph.node("Div", List.of(up, graph.int64(ROWS)))));
  }

  private static String statistic(
      GraphBuilder body, HeadStatistic s, String logits, String logProbs, String targets) {
    String last = body.int64(-1);
    return switch (s) {
      case LOG_SUM_SQUARED_PROBS ->
          body.node(
              "ReduceLogSumExp",
              List.of(body.node("Mul", List.of(logProbs, body.scalar(2))), last),
              "keepdims",
              0);
      case ENTROPY -> {
        String plogp = body.node("Mul", List.of(body.node("Exp", List.of(logProbs)), logProbs));
        yield body.node(
            "Neg", List.of(body.node("ReduceSum", List.of(plogp, last), "keepdims", 0)));
      }
      case MEAN_LOGIT -> body.node("ReduceMean", List.of(logits, last), "keepdims", 0);
      case TOP1_IS_TARGET -> {
        String top = body.node("ArgMax", List.of(logits), "axis", -1, "keepdims", 0);
        String same =
            body.node("Equal", List.of(top, body.node("Cast", List.of(targets), "to", INT64)));
        yield body.node("Cast", List.of(same), "to", FLOAT);
      }
    };
  }

  /** {@code [predictions]}. */
  String logProbs() {
    return results.get(0);
  }

  /** {@code [predictions]}. */
  String statistic(HeadStatistic s) {
    return results.get(1 + statistics.indexOf(s));
  }
}
