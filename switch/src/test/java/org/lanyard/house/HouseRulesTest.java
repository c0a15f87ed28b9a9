package org.lanyard.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The arrows between the packages: a new one is drawn here first, or not at all. */
final class HouseRulesTest {
    private static final String ROOT = "org.lanyard.";

    /** What each package may use, besides itself and libraries. */
    private static final Map<String, Set<String>> ARROWS =
            Map.of(
                    "tapio", Set.of(),
                    "frame", Set.of("tapio"),
                    "port", Set.of("frame", "tapio"),
                    // No tapio: forwarding knows no descriptor and is tested without a kernel.
                    "forward", Set.of("port", "frame"),
                    "worker", Set.of("forward", "port", "frame", "tapio"),
                    "config", Set.of("tapio"),
                    "control", Set.of("config", "worker", "forward", "port", "frame", "tapio"),
                    // Guests are QEMU processes: they know the switch no better than a user does.
                    "guest", Set.of("tapio"),
                    "demo", Set.of("guest", "frame"),
                    "cli",
                            Set.of(
                                    "control", "config", "demo", "guest", "worker", "forward",
                                    "port", "frame", "tapio"));

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages("org.lanyard");

    private static String packageOf(JavaClass type) {
        String rest = type.getPackageName().substring(ROOT.length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    @Test
    void shouldHaveAPlaceForEachPackage() {
        Set<String> found = new TreeSet<>();
        CLASSES.forEach(type -> found.add(packageOf(type)));
        assertTrue(found.containsAll(List.of("tapio", "frame", "port", "forward", "worker")));
        found.removeAll(ARROWS.keySet());
        assertEquals(Set.of(), found, "say in this test what these may use");
    }

    @Test
    void shouldUseOnlyWhatTheArrowsAllow() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            String from = packageOf(type);
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith(ROOT)) {
                    String to = packageOf(target);
                    if (!to.equals(from) && !ARROWS.getOrDefault(from, Set.of()).contains(to)) {
                        wrong.add(from + " -> " + to + ": " + dependency.getDescription());
                    }
                }
            }
        }
        assertTrue(wrong.isEmpty(), String.join("\n", wrong));
    }

    @Test
    void shouldForwardToPortsWithoutKnowingWhatIsBehindThem() {
        noClasses()
                .that()
                .resideInAPackage("org.lanyard.forward")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("org\\.lanyard\\.port\\.(?!Port$|Outbox$).*")
                .check(CLASSES);
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching("org.lanyard.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void shouldTakeNoLockOnTheFramesWay() {
        noClasses()
                .that()
                .resideInAnyPackage("org.lanyard.frame", "org.lanyard.port", "org.lanyard.worker")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent.locks")
                .check(CLASSES);
    }

    @Test
    void shouldReadOrWriteOnlyWithoutBlockingOnTheDataPlane() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.lanyard.frame",
                        "org.lanyard.port",
                        "org.lanyard.forward",
                        "org.lanyard.worker")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io", "java.net", "java.nio.channels..", "java.nio.file..")
                .check(CLASSES);
    }
}
