package io.twintrack.sata.lab;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.reporting.legacy.xml.LegacyXmlReportGeneratingListener;

/**
 * Runs test classes within the guest and leaves JUnit's XML behind. Arguments: the folder for it, then the classes.
 * Ends with 0 when all passed, 1 when not, {@link #NO_TESTS} when there were none.
 */
public final class GuestRunner {
    static final int NO_TESTS = 3;

    private GuestRunner() {
    }

    public static void main(final String[] args) {
        mark("Java runs");
        final int exit = run(Path.of(args[0]), Stream.of(args).skip(1).toList());
        mark("tests ended");
        // Not by returning: a thread that a test left behind would hold up the guest's end.
        Runtime.getRuntime().halt(exit);
    }

    static LauncherDiscoveryRequest request(final List<String> tests) {
        return LauncherDiscoveryRequestBuilder.request()
            .selectors(tests.stream().map(name -> selectClass(name)).toList()).build();
    }

    /** Of the engines on the class path only the one that these tests are for: others take long to start. */
    static Launcher launcher() {
        return LauncherFactory.create(LauncherConfig.builder().enableTestEngineAutoRegistration(false)
            .addTestEngines(new JupiterTestEngine()).build());
    }

    static int run(final Path results, final List<String> tests) {
        final SummaryGeneratingListener summary = new SummaryGeneratingListener();
        launcher().execute(request(tests), summary, new Progress(),
            new LegacyXmlReportGeneratingListener(results, new PrintWriter(System.err)));
        if (summary.getSummary().getTestsFoundCount() == 0) {
            return NO_TESTS;
        }
        return summary.getSummary().getTotalFailureCount() == 0 ? 0 : 1;
    }

    /** With the guest's time, in seconds since its kernel started: where time goes. */
    private static void mark(final String what) {
        System.err.println("[guest " + Guest.text(Path.of("/proc/uptime")).split(" ")[0] + "] " + what);
    }

    /** Says on the console where a guest that hangs is. */
    private static final class Progress implements TestExecutionListener {
        @Override
        public void executionStarted(final TestIdentifier test) {
            mark(test.getDisplayName());
        }

        @Override
        public void executionFinished(final TestIdentifier test, final TestExecutionResult result) {
            result.getThrowable().ifPresent(e -> mark(result.getStatus() + ": " + e));
        }
    }
}
