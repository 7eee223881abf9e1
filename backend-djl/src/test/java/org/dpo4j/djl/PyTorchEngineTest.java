package org.dpo4j.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import java.io.IOException;
import org.dpo4j.backend.Device;
import org.dpo4j.backend.Precision;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.model.CausalTransformer;
import org.dpo4j.service.InputException;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.Test;

class PyTorchEngineTest {
  @Test
  void startsWithoutAContextClassLoaderAndLeavesNoTrace() {
    Thread thread = Thread.currentThread();
    ClassLoader loader = thread.getContextClassLoader();
    thread.setContextClassLoader(null);
    try {
      PyTorchEngine.newScope().close();
      assertNull(thread.getContextClassLoader());
      assertNull(System.getProperty("ai.djl.offline"));
    } finally {
      thread.setContextClassLoader(loader);
    }
  }

  @Test
  void isOfTheVersionsThatItWasBuiltFor() {
    assertEquals(PyTorchEngine.DJL_VERSION, Engine.getDjlVersion());
    assertEquals(PyTorchEngine.PYTORCH_VERSION, Engine.getEngine("PyTorch").getVersion());
    InputException e =
        assertThrows(InputException.class, () -> PyTorchEngine.checkVersion("0.35.0"));
    assertEquals(
        "the djl backend needs DJL 0.36.0, whose native calls it was built for; on the class path"
            + " is DJL 0.35.0. Set ai.djl:api and ai.djl.pytorch:pytorch-engine to 0.36.0",
        e.getMessage());
  }

  @Test
  void aMissingNativeIsNamedByItsCoordinates() {
    String message = PyTorchEngine.missing("linux-aarch64").getMessage();
    assertTrue(message.contains("ai.djl.pytorch:pytorch-native-cpu:2.7.1:linux-aarch64"), message);
    assertTrue(message.contains("<classifier>linux-aarch64</classifier>"), message);
  }

  @Test
  void aPlatformWithoutPyTorchIsToldSo() {
    assertEquals(
        "PyTorch 2.7.1 is not published for osx-x86_64, only for linux-x86_64, linux-aarch64,"
            + " osx-aarch64, win-x86_64",
        PyTorchEngine.missing("osx-x86_64").getMessage());
  }

  @Test
  void nativesThatDontFitAreToldTogetherWithWhatWould() {
    EngineException refused =
        new EngineException(
            "Cannot download jni files: https://", new IOException("Offline mode is enabled."));
    String message = PyTorchEngine.explained(refused).getMessage();
    assertTrue(message.contains("ai.djl.pytorch:pytorch-jni 2.7.1-0.36.0"), message);
  }

  @Test
  void aDeviceOfLaterVersionsIsRefusedByName() {
    CausalTransformer model = TestModels.llama();
    SessionOptions cuda = new SessionOptions(new Device("cuda:0"), Precision.FLOAT32, 1, 0, true);
    InputException e =
        assertThrows(
            InputException.class,
            () -> new DjlBackend().openScoring(model, TestModels.weights(1), cuda));
    assertEquals("device cuda:0 is not in this version: djl computes on cpu", e.getMessage());
  }
}
