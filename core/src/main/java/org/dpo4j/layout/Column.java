package org.dpo4j.layout;

/**
 * Numbers without gradient that a batch brings, {@code [axis, width]} row by row (rotary tables). A
 * pure value; who fills it is declared beside it, by the model.
 */
public record Column(String name, Axis axis, int width) {}
