package io.twintrack.node;

import io.twintrack.node.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

import java.io.PrintWriter;

/** The command line. */
@Command(
    name = "twintrack",
    description = "Mirrors block volumes between two hosts, synchronously, from user space.",
    mixinStandardHelpOptions = true,
    versionProvider = Twintrack.Version.class,
    subcommands = {DemoCommand.class, NodeCommand.class, CreateDiskCommand.class, HelpCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nAnd, through bin/twintrack:%n",
    footer = "  bench        Measures Twintrack beside other systems; see: twintrack bench --help",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
        "0:done, or stopped as told by SIGTERM",
        "1:it failed, or what was compared is not equal",
        "2:the command line is wrong",
        "3:the configuration is wrong"
    })
public final class Twintrack {
    static final int EXIT_FAILED = CommandLine.ExitCode.SOFTWARE;
    static final int EXIT_USAGE = CommandLine.ExitCode.USAGE;
    static final int EXIT_CONFIGURATION = 3;

    public static void main(final String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        final CommandLine commandLine = new CommandLine(new Twintrack());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command));
        commandLine.setUsageHelpAutoWidth(true);
        return commandLine;
    }

    /** A failure that a person can mend is one sentence; a bug shows where it happened. */
    private static int report(final Exception failure, final CommandLine command) {
        final PrintWriter err = command.getErr();
        if (failure instanceof CommandFailedException expected) {
            err.println("twintrack: " + expected.getMessage());
            return expected.exitCode();
        }
        failure.printStackTrace(err);
        return EXIT_FAILED;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            final String version = Twintrack.class.getPackage().getImplementationVersion();
            return new String[] {"twintrack " + (version == null ? "(not packaged)" : version)};
        }
    }
}
