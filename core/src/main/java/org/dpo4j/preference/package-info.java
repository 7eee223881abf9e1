/**
 * What people preferred: a prompt, its completions and a judgement of them is one {@link
 * org.dpo4j.preference.PreferenceExample}, and a {@link org.dpo4j.preference.PreferenceDataset}
 * streams such rows from a file. Formats are found through {@link
 * org.dpo4j.preference.PreferenceDatasetFactory}; JSON Lines and JSON arrays are built in. A record
 * that cannot be read is a row too, with the place and the reason.
 */
@NullMarked
package org.dpo4j.preference;

import org.jspecify.annotations.NullMarked;
