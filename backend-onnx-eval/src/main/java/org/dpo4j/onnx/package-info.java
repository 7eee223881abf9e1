/**
 * Scores on ONNX Runtime. A model traces itself into an ONNX graph ({@link
 * org.dpo4j.onnx.OnnxTensorOps}) that is handed over as bytes; its weights stay where they are, in
 * the user's safetensors file, or come from memory ({@link org.dpo4j.onnx.Initializers}).
 */
@NullMarked
package org.dpo4j.onnx;

import org.jspecify.annotations.NullMarked;
