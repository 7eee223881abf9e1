package org.dpo4j.backend;

import java.util.List;
import java.util.Map;
import org.dpo4j.service.InputException;
import org.dpo4j.service.NamedServices;

/** The engines on the class path. Each call looks again; nothing is remembered. */
public final class Backends {
  private static final Map<String, String> ARTIFACTS =
      Map.of(
          "djl", "org.dpo4j:dpo4j-backend-djl",
          "tensorflow", "org.dpo4j:dpo4j-backend-tensorflow",
          "onnx", "org.dpo4j:dpo4j-backend-onnx-eval");

  private Backends() {}

  /** All engines that are there. */
  public static NamedServices<BackendProvider> services() {
    return NamedServices.of(BackendProvider.class, "backend", ARTIFACTS);
  }

  /**
   * The only engine there is that trains.
   *
   * @throws InputException where there is none, or several: names them
   */
  public static TrainingBackend training() {
    return only(TrainingBackend.class, "trains");
  }

  /**
   * The engine of that name, which must train.
   *
   * @throws InputException where it isn't there or doesn't train
   */
  public static TrainingBackend training(String name) {
    return named(name, TrainingBackend.class, "train");
  }

  /**
   * The only engine there is that scores.
   *
   * @throws InputException where there is none, or several: names them
   */
  public static ScoringBackend scoring() {
    return only(ScoringBackend.class, "scores");
  }

  /**
   * The engine of that name, which must score.
   *
   * @throws InputException where it isn't there or doesn't score
   */
  public static ScoringBackend scoring(String name) {
    return named(name, ScoringBackend.class, "score");
  }

  private static <B extends BackendProvider> B named(
      String name, Class<B> capability, String does) {
    NamedServices<BackendProvider> services = services();
    BackendProvider backend = services.get(name);
    if (capability.isInstance(backend)) return capability.cast(backend);
    throw new InputException(
        "The backend \"%s\" (%s) does not %s. These do: %s."
            .formatted(name, backend.description(), does, names(able(services, capability))));
  }

  private static <B extends BackendProvider> B only(Class<B> capability, String does) {
    NamedServices<BackendProvider> services = services();
    List<B> able = able(services, capability);
    if (able.size() == 1) return able.get(0);
    if (able.isEmpty()) {
      throw new InputException(
          "No backend on the class path %s. %s".formatted(does, services.inventory()));
    }
    throw new InputException(
        "Several backends on the class path could do it: %s. Ask for one by its name."
            .formatted(names(able)));
  }

  private static <B extends BackendProvider> List<B> able(
      NamedServices<BackendProvider> services, Class<B> capability) {
    return services.all().stream().filter(capability::isInstance).map(capability::cast).toList();
  }

  private static String names(List<? extends BackendProvider> backends) {
    return backends.isEmpty()
        ? "none"
        : String.join(", ", backends.stream().map(BackendProvider::name).toList());
  }
}
