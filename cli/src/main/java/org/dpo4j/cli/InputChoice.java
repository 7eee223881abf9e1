package org.dpo4j.cli;

import org.dpo4j.preference.OnBadRecord;
import org.dpo4j.preference.PreferenceDataset;

/** What {@code --data} and {@code --on_bad_record} name. */
final class InputChoice {
  private InputChoice() {}

  /** Checks what must be there; reads nothing. */
  static OnBadRecord check(InputOptions asked, Problems problems) {
    Required.check("--model", asked.model, problems);
    Required.check("--data", asked.data, problems);
    if (asked.onBadRecord == null || asked.onBadRecord.equals("fail")) return OnBadRecord.FAIL;
    if (!asked.onBadRecord.equals("skip")) {
      problems.add(
          "--on_bad_record is \"%s\", expected fail or skip.".formatted(asked.onBadRecord));
    }
    return OnBadRecord.SKIP;
  }

  static PreferenceDataset open(InputOptions asked, OnBadRecord onBadRecord) {
    return PreferenceDataset.open(Required.value(asked.data), onBadRecord);
  }
}
