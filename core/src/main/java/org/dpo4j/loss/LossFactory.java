package org.dpo4j.loss;

import java.util.List;
import java.util.function.Function;

/**
 * A factory said in one expression, to be nested in the class of the loss and named in {@code
 * META-INF/services/org.dpo4j.loss.PreferenceLossFactory}:
 *
 * <pre>{@code
 * public static final class Factory extends LossFactory {
 *   public Factory() {
 *     super("sigmoid", "DPO (Rafailov 2023)", o -> new SigmoidLoss(o.get(BETA)), BETA);
 *   }
 * }
 * }</pre>
 */
public abstract class LossFactory implements PreferenceLossFactory {
  private final String name;
  private final String summary;
  private final Function<LossOptions, PreferenceLoss<?>> create;
  private final List<LossOption> options;

  /**
   * @param name as on the command line
   * @param summary the paper and what the loss computes, in one line
   * @param create reads the options and nothing else
   * @param options all that are read
   */
  protected LossFactory(
      String name,
      String summary,
      Function<LossOptions, PreferenceLoss<?>> create,
      LossOption... options) {
    this.name = name;
    this.summary = summary;
    this.create = create;
    this.options = List.of(options);
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String summary() {
    return summary;
  }

  @Override
  public final List<LossOption> options() {
    return options;
  }

  @Override
  public final PreferenceLoss<?> create(LossOptions values) {
    return create.apply(values);
  }
}
