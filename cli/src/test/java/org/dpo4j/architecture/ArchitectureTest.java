package org.dpo4j.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows between modules, and between {@code core}'s packages. */
class ArchitectureTest {
  /** {@code core}'s packages, lowest first: each imports only those before it. */
  private static final List<String> CORE =
      List.of(
          "service",
          "preference",
          "autodiff",
          "tokenization",
          "layout",
          "loss",
          "tensor",
          "model",
          "backend",
          "evaluation",
          "training");

  private static final List<String> OTHER_MODULES =
      List.of("djl", "tensorflow", "onnx", "tokenizers", "cli", "testkit");

  private static final String[] ENGINES = {
    "ai.djl..", "org.tensorflow..", "ai.onnxruntime..", "com.google.inject.."
  };

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.dpo4j");

  /** Else the rules could hold for want of classes. */
  @Test
  void classesOfEveryModuleAndPackageWereScanned() {
    TreeMap<String, Long> counts =
        ALL.stream()
            .collect(
                Collectors.groupingBy(ArchitectureTest::room, TreeMap::new, Collectors.counting()));
    TreeSet<String> expected = new TreeSet<>(CORE);
    expected.addAll(OTHER_MODULES);
    assertEquals(expected, counts.keySet());
    counts.forEach((room, n) -> assertTrue(n >= 2, room + " has " + n + " classes"));
    assertTrue(ALL.size() > 250, "only " + ALL.size() + " classes");
  }

  private static String room(JavaClass type) {
    return type.getPackageName().split("\\.", -1)[2];
  }

  @Test
  void coreKnowsNoEngineNoGuiceAndNoOtherModule() {
    noClasses()
        .that()
        .resideInAnyPackage(packages(CORE))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            Stream.of(ENGINES, packages(OTHER_MODULES), new String[] {"org.junit..", "picocli.."})
                .flatMap(Stream::of)
                .toArray(String[]::new))
        .check(ALL);
  }

  static List<String> modules() {
    return OTHER_MODULES;
  }

  /** Arrows between modules point at core, and at nothing else. */
  @ParameterizedTest
  @MethodSource("modules")
  void aModuleKnowsNoneButCore(String module) {
    List<String> others = new ArrayList<>(OTHER_MODULES);
    others.remove(module);
    noClasses()
        .that()
        .resideInAPackage(everythingIn(module))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages(others))
        .check(ALL);
  }

  @ParameterizedTest
  @MethodSource("corePackages")
  void aPackageOfCoreKnowsOnlyThoseBelow(String name) {
    classes()
        .that()
        .resideInAPackage(everythingIn(name))
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackages(packages(CORE.subList(CORE.indexOf(name) + 1, CORE.size())))
        .check(ALL);
  }

  static List<String> corePackages() {
    return CORE.subList(0, CORE.size() - 1);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.dpo4j.(*)..").should().beFreeOfCycles().check(ALL);
  }

  /** A loss is a function of numbers: what computes the numbers never sees one. */
  @Test
  void enginesAndModelsKnowNoLoss() {
    noClasses()
        .that()
        .resideInAnyPackage(
            packages(List.of("tensor", "model", "backend", "djl", "tensorflow", "onnx")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages(List.of("loss", "autodiff")))
        .check(ALL);
  }

  private static String everythingIn(String room) {
    return "org.dpo4j." + room + "..";
  }

  private static String[] packages(List<String> rooms) {
    return rooms.stream().map(ArchitectureTest::everythingIn).toArray(String[]::new);
  }
}
