package io.twintrack.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the bench: the side-by-side rig, and JMH as a subcommand. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures Twintrack next to other systems that do the same work on the same files.",
    subcommands = JmhCommand.class)
public final class Bench implements Runnable {

    public static void main(final String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(new CommandLine(this), "only jmh is built yet");
    }
}
