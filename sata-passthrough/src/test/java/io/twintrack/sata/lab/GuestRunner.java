package io.twintrack.sata.lab;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
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
        final LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
            .selectors(Stream.of(args).skip(1).map(name -> selectClass(name)).toList()).build();
        final Launcher launcher = LauncherFactory.create();
        final SummaryGeneratingListener summary = new SummaryGeneratingListener();
        launcher.execute(request, summary, new Progress(),
            new LegacyXmlReportGeneratingListener(Path.of(args[0]), new PrintWriter(System.err)));
        final long found = summary.getSummary().getTestsFoundCount();
        // Not by returning: a thread that a test left behind would hold up the guest's end.
        Runtime.getRuntime().halt(
            found == 0 ? NO_TESTS : summary.getSummary().getTotalFailureCount() == 0 ? 0 : 1);
    }

    /** Says on the console where a guest that hangs is. */
    private static final class Progress implements TestExecutionListener {
        @Override
        public void executionStarted(final TestIdentifier test) {
            System.err.println("[guest] " + test.getDisplayName());
        }

        @Override
        public void executionFinished(final TestIdentifier test, final TestExecutionResult result) {
            result.getThrowable().ifPresent(e -> System.err.println("[guest] " + result.getStatus() + ": " + e));
        }
    }
}
