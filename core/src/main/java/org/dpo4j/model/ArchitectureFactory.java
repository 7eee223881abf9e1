package org.dpo4j.model;

import org.dpo4j.service.NamedService;

/** Makes models of one family; its name is the {@code model_type} of HuggingFace's config.json. */
public interface ArchitectureFactory extends NamedService {
  /**
   * Makes the model that a config describes.
   *
   * @param config every key that decides a number must be read from it: what is left unread is
   *     reported
   * @throws org.dpo4j.service.InputException where a value is missing, of the wrong kind or unknown
   */
  CausalTransformer create(ModelConfig config);
}
