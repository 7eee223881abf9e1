package org.dpo4j.onnx;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.dpo4j.backend.SessionOptions;
import org.dpo4j.service.InputException;
import org.dpo4j.testkit.TestModels;
import org.junit.jupiter.api.Test;

/** Other versions of the runtime than the one that this backend was made for. */
class OnnxRuntimeTest {
  @Test
  void anOpsetThatTheRuntimeDoesNotKnowIsNamed() {
    InputException e =
        assertThrows(
            InputException.class,
            () ->
                OnnxModel.open(
                    new GraphBuilder(99),
                    TestModels.llama(),
                    TestModels.weights(1),
                    SessionOptions.defaults(),
                    Set.of()));
    String message = e.getMessage();
    assertTrue(
        message.startsWith(
            "ONNX Runtime 1.29.0 does not take the model, which is written in ONNX opset 99: "),
        message);
    assertTrue(
        message.endsWith(
            " This backend was tested with com.microsoft.onnxruntime:onnxruntime:1.29.0"),
        message);
  }

  @Test
  void aRuntimeThatIsTooOldIsNamedWithTheOneToTake() {
    for (String version : new String[] {"1.24.2", "1.29.0", "1.100.2", "2.0.0"}) {
      assertDoesNotThrow(() -> OnnxRuntime.checkVersion(version));
    }
    InputException e = assertThrows(InputException.class, () -> OnnxRuntime.checkVersion("1.23.2"));
    assertEquals(
        "ONNX Runtime 1.23.2 is on the class path, expected 1.24 or later. Put"
            + " com.microsoft.onnxruntime:onnxruntime:1.29.0 there",
        e.getMessage());
  }

  /** It would bend the mask, too, and tokens would see what comes after them. */
  @Test
  void aRuntimeThatIsTooOldForSoftCapsIsNamed() {
    for (String version : new String[] {"1.28.0", "1.29.0", "2.0.0"}) {
      assertDoesNotThrow(() -> OnnxRuntime.checkCaps(version));
    }
    InputException e = assertThrows(InputException.class, () -> OnnxRuntime.checkCaps("1.26.0"));
    assertEquals(
        "ONNX Runtime 1.26.0 is on the class path, expected 1.28 or later for attention with a"
            + " soft cap. Put com.microsoft.onnxruntime:onnxruntime:1.29.0 there",
        e.getMessage());
  }

  @Test
  void theVersionOnTheClassPathIsTheOneThatIsTold() {
    assertEquals(OnnxRuntime.VERSION, OnnxRuntime.environment().getVersion());
  }
}
