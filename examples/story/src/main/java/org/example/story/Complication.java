package org.example.story;

/**
 * What befalls the story in its middle.
 *
 * @param sentence such as "In March the river rose and took the bridge."
 * @param when the time of the ending, such as "when the river fell"
 */
record Complication(String sentence, String when) {}
