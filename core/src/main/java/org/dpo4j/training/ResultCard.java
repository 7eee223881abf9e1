package org.dpo4j.training;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.dpo4j.loss.Objective;
import org.dpo4j.model.ModelCard;

/** What a result's README.md tells. */
final class ResultCard {
  private ResultCard() {}

  static ModelCard of(TrainingJob job, int rows, long steps) {
    String base = name(job.model().directory());
    List<Objective.Weighted> losses = job.objective().losses();
    TrainingConfig config = job.config();
    Map<String, String> details = new LinkedHashMap<>();
    details.put(
        "losses",
        losses.stream()
            .map(w -> w.loss().name() + (losses.size() == 1 ? "" : " x " + w.weight()))
            .collect(Collectors.joining(", ")));
    details.put("beta", String.valueOf(job.objective().beta()));
    details.put("preferences", job.preferences().name() + ", " + rows + " rows");
    details.put("optimizer steps", String.valueOf(steps));
    details.put(
        "rows of a step", String.valueOf(config.batchSize() * (long) config.accumulationSteps()));
    details.put("learning rate", config.learningRate() + ", " + config.schedule().optionName());
    return new ModelCard(
        name(job.output()),
        base,
        losses.stream().map(w -> w.loss().name()).toList(),
        "Trained from %s on preferences with dpo4j, every weight. The records of the run are in run/."
            .formatted(base),
        details);
  }

  private static String name(Path directory) {
    Path name = directory.toAbsolutePath().normalize().getFileName();
    return name == null ? directory.toString() : name.toString();
  }
}
