package io.twintrack.bench.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.TestGrading;
import org.openjdk.jcstress.infra.runners.ForkedTestConfig;
import org.openjdk.jcstress.infra.runners.Runner;
import org.openjdk.jcstress.infra.runners.TestConfig;
import org.openjdk.jcstress.infra.runners.TestList;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.NodeType;
import org.openjdk.jcstress.os.SchedulingClass;

/**
 * Every jcstress test for a moment, by the runners that jcstress generated, in this virtual machine: its own forks and
 * the probes before them would take longer than all tests together. {@code bin/twintrack bench stress} has them.
 */
class StressTest {
    private static final String[] BUDGET = {
        "-m", "quick", "-iters", "1", "-time", "200", "-strideSize", "16", "-strideCount", "16"};

    @TestFactory
    Stream<DynamicTest> threads() throws IOException {
        final Options options = new Options(BUDGET);
        assertTrue(options.parse());
        return TestList.tests().stream().sorted().map(name ->
            DynamicTest.dynamicTest(name, () -> run(options, TestList.getInfo(name))));
    }

    private static void run(final Options options, final TestInfo test) throws ReflectiveOperationException {
        final SchedulingClass anyCpu = new SchedulingClass(AffinityMode.NONE, test.threads(), NodeType.PACKAGE);
        final TestConfig config = new TestConfig(options, test, 1, List.of(), 0, anyCpu);
        final Runner<?> runner = (Runner<?>) Class.forName(test.generatedRunner())
            .getConstructor(ForkedTestConfig.class).newInstance(new ForkedTestConfig(config));
        final TestResult result = runner.run();
        result.setConfig(config);
        assertEquals(Status.NORMAL, result.status(), () -> String.join("\n", result.getMessages()));
        final TestGrading grading = TestGrading.grade(result);
        grading.gradingResults.values().forEach(outcome -> System.out.println(
            test.name() + ": " + outcome.id + " " + outcome.count + " times, " + outcome.expect + ": "
                + outcome.description));
        assertTrue(grading.isPassed, () -> String.join("\n", grading.failureMessages));
        assertTrue(result.getTotalCount() > 0, "nothing ran");
    }
}
