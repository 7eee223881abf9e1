package org.dpo4j.tokenization;

import java.nio.file.Path;
import org.dpo4j.service.NamedService;

/** Opens tokenizers of one file format. */
public interface TokenizerFactory extends NamedService {
  /** Whether the model directory holds files of this format. */
  boolean canOpen(Path modelDirectory);

  /**
   * Opens the tokenizer of a model directory.
   *
   * @throws org.dpo4j.service.InputException where its files are damaged; names file and field
   */
  Tokenizer open(Path modelDirectory);
}
