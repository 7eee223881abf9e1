package org.example.story;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A judge without understanding: every feature of an ending has a weight, learned from pairs (the
 * log-odds that it belongs to an intriguing ending, as naive Bayes has them), and the higher sum
 * wins. It shows what can be won by looking at words alone.
 */
final class LogOdds {
  /** What a judge looks at, such as the words of an ending. */
  interface Features {
    List<String> of(String opening, String ending);
  }

  private final Features features;
  private final Map<String, Integer> chosen = new HashMap<>();
  private final Map<String, Integer> rejected = new HashMap<>();

  LogOdds(Features features, List<Pair> pairs) {
    this.features = features;
    for (Pair pair : pairs) {
      features.of(pair.prompt(), pair.chosen()).forEach(it -> chosen.merge(it, 1, Integer::sum));
      features
          .of(pair.prompt(), pair.rejected())
          .forEach(it -> rejected.merge(it, 1, Integer::sum));
    }
  }

  /** The share of pairs whose chosen ending gets the higher sum; a tie counts one half. */
  double accuracy(List<Pair> pairs) {
    return pairs.stream().mapToDouble(this::outcome).average().orElseThrow();
  }

  private double outcome(Pair pair) {
    double margin = score(pair.prompt(), pair.chosen()) - score(pair.prompt(), pair.rejected());
    return (1 + Math.signum(margin)) / 2;
  }

  private double score(String opening, String ending) {
    return features.of(opening, ending).stream().mapToDouble(this::weight).sum();
  }

  private double weight(String feature) {
    return Math.log(
        (1.0 + chosen.getOrDefault(feature, 0)) / (1.0 + rejected.getOrDefault(feature, 0)));
  }
}
