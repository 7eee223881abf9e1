package org.dpo4j.djl;

import ai.djl.pytorch.jni.IValue;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;

/**
 * The one place that reaches what DJL keeps to its own package: running a TorchScript method so
 * that autograd sees it (its public call runs without gradient). {@link PyTorchEngine} refuses any
 * other version of DJL than the one that these names were read from.
 */
final class NativeCalls {
  private static final MethodHandle RUN;
  private static final MethodHandle NEW_VALUE;

  static {
    try {
      Lookup jni = MethodHandles.privateLookupIn(IValue.class, MethodHandles.lookup());
      Class<?> library = jni.findClass("ai.djl.pytorch.jni.PyTorchLibrary");
      Object instance = jni.findStaticGetter(library, "LIB", library).invoke();
      RUN =
          jni.findVirtual(
                  library,
                  "moduleRunMethod",
                  MethodType.methodType(
                      long.class,
                      long.class,
                      String.class,
                      long[].class,
                      boolean.class,
                      boolean.class))
              .bindTo(instance);
      NEW_VALUE = jni.findConstructor(IValue.class, MethodType.methodType(void.class, long.class));
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private NativeCalls() {}

  /** Runs a method of a module; gradients flow where the thread's gradient mode is on. */
  static IValue run(long module, String method, IValue[] arguments) {
    long[] handles = new long[arguments.length];
    for (int i = 0; i < handles.length; i++) handles[i] = arguments[i].getHandle();
    try {
      long result = (long) RUN.invokeExact(module, method, handles, true, false);
      return (IValue) NEW_VALUE.invokeExact(result);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("DJL's call of " + method + " failed", e);
    }
  }
}
