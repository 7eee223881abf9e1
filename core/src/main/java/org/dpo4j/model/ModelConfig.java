package org.dpo4j.model;

/** PLACEHOLDER replaced by the model room. */
public final class ModelConfig {}
