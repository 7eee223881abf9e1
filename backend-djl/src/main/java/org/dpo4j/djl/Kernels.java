package org.dpo4j.djl;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The methods of {@code kernels.py}, called by name. An argument is an array, an array of arrays, a
 * number, a {@code long[]}, or null for one that is left out. Native: must be closed.
 */
final class Kernels implements AutoCloseable {
  private final long module;
  private final IValue none;

  Kernels() {
    try {
      module =
          JniUtils.loadModuleHandle(
              new ByteArrayInputStream(KernelArchive.build()), Device.cpu(), true, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    none = NativeCalls.run(module, "none", new IValue[0]);
  }

  /** Calls a method that returns a tensor; the result belongs to the scope. */
  PtNDArray tensor(PtNDManager scope, String method, @Nullable Object... arguments) {
    try (IValue result = call(method, arguments)) {
      return result.toTensor(scope);
    }
  }

  /** Calls a method that returns tensors; they belong to the scope. */
  PtNDArray[] tensors(PtNDManager scope, String method, @Nullable Object... arguments) {
    try (IValue result = call(method, arguments)) {
      return result.toTensorArray(scope);
    }
  }

  /** Calls a method that returns nothing. */
  void run(String method, @Nullable Object... arguments) {
    call(method, arguments).close();
  }

  private IValue call(String method, @Nullable Object... arguments) {
    IValue[] values = new IValue[arguments.length];
    try {
      for (int i = 0; i < values.length; i++) values[i] = value(arguments[i]);
      return NativeCalls.run(module, method, values);
    } finally {
      for (IValue v : values) if (v != null && v != none) v.close();
    }
  }

  private IValue value(@Nullable Object argument) {
    if (argument == null) return none;
    if (argument instanceof PtNDArray a) return IValue.from(a);
    if (argument instanceof PtNDArray[] a) return IValue.listFrom(a);
    if (argument instanceof Integer n) return IValue.from(n.longValue());
    if (argument instanceof Long n) return IValue.from(n);
    if (argument instanceof Double x) return IValue.from(x.doubleValue());
    if (argument instanceof long[] n) return IValue.listFrom(n);
    throw new IllegalArgumentException("no kernel takes a " + argument.getClass());
  }

  @Override
  public void close() {
    none.close();
    JniUtils.deleteModule(module);
  }
}
