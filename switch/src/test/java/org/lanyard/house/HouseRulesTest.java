package org.lanyard.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.ArchConfiguration;
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

    private static final Set<String> CORE =
            Set.of("worker", "capture", "forward", "port", "policy", "frame", "tapio");

    /** What each package may use, besides itself and libraries. */
    private static final Map<String, Set<String>> ARROWS =
            Map.ofEntries(
                    entry("tapio", Set.of()),
                    entry("frame", Set.of("tapio")),
                    entry("policy", Set.of()),
                    entry("offload", Set.of("frame", "tapio")),
                    entry("port", Set.of("offload", "policy", "frame", "tapio")),
                    // No tapio: forwarding knows no descriptor and is tested without a kernel.
                    entry("forward", Set.of("port", "policy", "frame")),
                    entry("capture", Set.of("forward", "port", "policy", "frame", "tapio")),
                    entry(
                            "worker",
                            Set.of("forward", "port", "offload", "policy", "frame", "tapio")),
                    // A process of its own; its settings are values that the others share.
                    entry("slirp", Set.of("frame", "tapio")),
                    entry("config", Set.of("policy", "frame", "slirp", "tapio")),
                    entry("gateway", Set.of("config", "slirp", "tapio")),
                    entry("control", with(CORE, "config", "gateway", "slirp")),
                    // Guests are QEMU processes: they know the switch no better than a user does.
                    entry("guest", Set.of("tapio")),
                    entry("demo", Set.of("guest", "frame")),
                    entry("doctor", Set.of("guest", "gateway", "tapio")),
                    entry("cli", with(CORE, "control", "config", "guest", "demo", "doctor")));

    private static final JavaClasses CLASSES = load();

    private static JavaClasses load() {
        // Only arrows between our own classes matter: the JDK's need not be read.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("org.lanyard");
    }

    private static Set<String> with(Set<String> some, String... more) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(List.of(more));
        return all;
    }

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
                .haveNameMatching("org\\.lanyard\\.port\\.(?!Port$|Dispatch$).*")
                .check(CLASSES);
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching("org.lanyard.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /** Whoever calls the C library lives in its process, and the switch must not. */
    @Test
    void shouldLetTheSwitchKnowOnlyTheSettingsOfAUserPort() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.lanyard.slirp")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "org\\.lanyard\\.slirp\\.(?!UserNetwork$|HostForward$|SmbShare$|Main$).*")
                .check(CLASSES);
    }

    @Test
    void shouldTakeNoLockOnTheFramesWay() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.lanyard.frame",
                        "org.lanyard.port",
                        "org.lanyard.capture",
                        "org.lanyard.worker")
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
                        "org.lanyard.capture",
                        "org.lanyard.worker")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io", "java.net", "java.nio.channels..", "java.nio.file..")
                .check(CLASSES);
    }
}
