package io.twintrack.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jcstress.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * Runs the jcstress tests of what threads share. The forks get the JVM flags that the libraries ask for: jcstress hands
 * on what this virtual machine was started with.
 */
@Command(
    name = "stress",
    description = "Runs the jcstress tests; what is not known here goes to jcstress (try: stress -l, stress -h).")
final class StressCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final List<String> MODES = List.of("quick", "default", "tough");
    /** One virtual machine for each test, as the system schedules it, without the compilers' many ways. */
    private static final List<String> QUICK = List.of("-m", "quick", "-f", "1", "-iters", "2", "-time", "500",
        "-af", "NONE", "-sc", "false", "-jvmArgs", "-XX:+UseSerialGC");
    /** Each host ring takes more than half a MiB, and there is one for each test of a stride. */
    private static final List<String> STRIDES = List.of("-strideSize", "16", "-strideCount", "16");

    @Spec
    private CommandSpec spec;

    @Option(names = {"-m", "--mode"}, paramLabel = "MODE", defaultValue = "quick",
        description = "quick (minutes), default or tough (much longer) (default: quick).")
    private String mode;

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        final List<String> all = jcstressArguments();
        try {
            Main.main(all.toArray(new String[0]));
        } catch (final AssertionError e) {
            spec.commandLine().getErr().println(e.getMessage());
            return FAILED;
        }
        return 0;
    }

    private List<String> jcstressArguments() {
        if (!MODES.contains(mode)) {
            throw new ParameterException(
                spec.commandLine(), "--mode is " + mode + ", must be one of " + String.join(", ", MODES));
        }
        final List<String> all = new ArrayList<>(mode.equals("quick") ? QUICK : List.of("-m", mode));
        all.addAll(STRIDES);
        all.addAll(arguments);
        return all;
    }
}
