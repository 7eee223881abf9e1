package org.dpo4j.model;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a directory's README.md tells about its model, with the front matter that the HuggingFace
 * Hub reads.
 *
 * @param title of the model
 * @param baseModel what it was made from, or null
 * @param tags for search: {@code dpo}
 * @param text how it was made, in Markdown
 * @param details further facts, a line each
 */
public record ModelCard(
    String title,
    @Nullable String baseModel,
    List<String> tags,
    String text,
    Map<String, String> details) {
  String markdown() {
    StringBuilder card = new StringBuilder("---\nlibrary_name: transformers\n");
    if (baseModel != null) card.append("base_model: ").append(quoted(baseModel)).append('\n');
    card.append("tags:\n- dpo4j\n");
    for (String tag : tags) card.append("- ").append(quoted(tag)).append('\n');
    card.append("---\n\n# ").append(title).append("\n\n").append(text).append('\n');
    if (!details.isEmpty()) card.append('\n');
    details.forEach((k, v) -> card.append("- ").append(k).append(": ").append(v).append('\n'));
    return card.toString();
  }

  /** A JSON text is a YAML text too. */
  private static String quoted(String text) {
    return TextNode.valueOf(text).toString();
  }
}
