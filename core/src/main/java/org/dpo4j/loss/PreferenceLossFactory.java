package org.dpo4j.loss;

import java.util.List;
import java.util.Optional;
import org.dpo4j.service.NamedService;

/**
 * Makes a loss by name, for {@code --loss_type}. {@link LossFactory} is the short way to write one.
 */
public interface PreferenceLossFactory extends NamedService {
  /** One line for {@code list losses}: the paper and what it computes. */
  String summary();

  /** Every option that {@link #create} reads. */
  List<LossOption> options();

  /** The option of that name, if {@link #create} reads it. */
  default Optional<LossOption> option(String name) {
    return options().stream().filter(o -> o.name().equals(name)).findFirst();
  }

  /** A loss with these options; its {@link PreferenceLoss#name} is this factory's. */
  PreferenceLoss<?> create(LossOptions options);
}
