package org.example.story;

import java.util.List;

/**
 * One of the two conditions that a kind of thing can be in.
 *
 * @param name unique among all conditions, such as "dark"
 * @param was what an opening says of a thing in this condition, such as "had not been lit for
 *     years"
 * @param now what an ending says of it, such as "gave no light"
 */
record Condition(String name, List<String> was, List<String> now) {}
