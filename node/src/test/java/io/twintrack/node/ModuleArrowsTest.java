package io.twintrack.node;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import java.security.MessageDigest;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Modules point inward: the engine knows nobody, the edges know the engine, the node knows all. */
@AnalyzeClasses(packages = "io.twintrack", importOptions = ModuleArrowsTest.WithoutTests.class)
class ModuleArrowsTest {
    private static final String ENGINE = "io.twintrack.engine..";
    private static final String URING = "io.twintrack.uring..";
    private static final String SATA = "io.twintrack.sata..";
    private static final String TRANSPORT = "io.twintrack.transport..";
    private static final String NODE = "io.twintrack.node..";
    private static final String BENCH = "io.twintrack.bench..";

    /** Another module's tests are a folder of classes in one phase of the build and a jar in the next. */
    static final class WithoutTests implements ImportOption {
        @Override
        public boolean includes(final Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }

    /** A rule about packages that are empty would hold whatever the code does. */
    @ArchTest
    static void everyModuleIsLookedAt(final JavaClasses all) {
        for (final String module : new String[] {"engine", "uring", "sata", "transport", "node"}) {
            assertTrue(all.stream().anyMatch(type -> type.getPackageName().startsWith("io.twintrack." + module)),
                module);
        }
    }

    @ArchTest
    static final ArchRule ENGINE_KNOWS_NO_OTHER_MODULE =
        noClasses().that().resideInAPackage(ENGINE)
            .should().dependOnClassesThat().resideInAnyPackage(URING, SATA, TRANSPORT, NODE, BENCH);

    @ArchTest
    static final ArchRule ENGINE_KNOWS_FEW_LIBRARIES =
        classes().that().resideInAPackage(ENGINE)
            .should().onlyDependOnClassesThat(resideInAnyPackage(
                ENGINE, "java.lang..", "java.util..", "java.nio", "java.nio.charset", "org.agrona..", "org.slf4j..",
                "net.openhft.hashing..", "javax.crypto..")
                // Compares MACs. The rest of its package, SecureRandom above all, stays outside.
                .or(type(MessageDigest.class)));

    @ArchTest
    static final ArchRule ENGINE_HAS_NO_THREADS =
        noClasses().that().resideInAPackage(ENGINE)
            .should().dependOnClassesThat().areAssignableTo(Thread.class)
            .orShould().dependOnClassesThat().haveNameMatching("java\\.util\\.concurrent\\.(Executor.*|.*Future|locks\\..*)");

    @ArchTest
    static final ArchRule ENGINE_HAS_NO_CLOCK =
        noClasses().that().resideInAPackage(ENGINE)
            .should().callMethod(System.class, "nanoTime")
            .orShould().callMethod(System.class, "currentTimeMillis")
            .orShould().dependOnClassesThat().resideInAPackage("java.time..")
            .orShould().dependOnClassesThat().haveNameMatching("org\\.agrona\\.concurrent\\..*Clock");

    @ArchTest
    static final ArchRule ENGINE_DRAWS_NO_RANDOM_NUMBERS =
        noClasses().that().resideInAPackage(ENGINE)
            .should().dependOnClassesThat().haveNameMatching("java\\.(util|security)\\..*Random.*");

    @ArchTest
    static final ArchRule THE_RING_KNOWS_ONLY_THE_ENGINE =
        noClasses().that().resideInAPackage(URING)
            .should().dependOnClassesThat().resideInAnyPackage(SATA, TRANSPORT, NODE, BENCH, "io.aeron..");

    @ArchTest
    static final ArchRule SATA_DISKS_KNOW_ONLY_THE_ENGINE =
        noClasses().that().resideInAPackage(SATA)
            .should().dependOnClassesThat().resideInAnyPackage(URING, TRANSPORT, NODE, BENCH, "io.aeron..");

    @ArchTest
    static final ArchRule THE_LINK_KNOWS_ONLY_THE_ENGINE =
        noClasses().that().resideInAPackage(TRANSPORT)
            .should().dependOnClassesThat().resideInAnyPackage(URING, SATA, NODE, BENCH, "com.sun.jna..");

    @ArchTest
    static final ArchRule ONLY_THE_RING_AND_SATA_DISKS_CALL_THE_SYSTEM =
        noClasses().that().resideOutsideOfPackages(URING, SATA)
            .should().dependOnClassesThat().resideInAPackage("com.sun.jna..");
}
