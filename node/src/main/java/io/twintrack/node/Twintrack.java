package io.twintrack.node;

import io.twintrack.node.command.PairCommand;
import io.twintrack.node.command.VolumeCommand;
import io.twintrack.node.demo.DemoCommand;
import io.twintrack.node.disk.DiskCommand;
import io.twintrack.node.config.Endpoint;
import io.twintrack.node.config.Units;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.TypeConversionException;

import java.io.PrintWriter;

/** The command line. */
@Command(
    name = "twintrack",
    description = "Mirrors block volumes between two hosts, synchronously, from user space.",
    mixinStandardHelpOptions = true,
    versionProvider = Twintrack.Version.class,
    subcommands = {DemoCommand.class, NodeCommand.class, VolumeCommand.class, PairCommand.class, DiskCommand.class,
        CreateDiskCommand.class, CreateKeyCommand.class, HelpCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nAnd, through bin/twintrack:%n",
    footer = "  bench        Measures Twintrack beside other systems; see: twintrack bench --help",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
        "0:done, or stopped as told by SIGTERM",
        "1:it failed, or what was compared is not equal",
        "2:the command line is wrong",
        "3:the configuration is wrong",
        "4:a running node refused the command; it says which rule forbids it and what is allowed",
        "5:no running node answers"
    })
public final class Twintrack {
    public static final int EXIT_FAILED = CommandLine.ExitCode.SOFTWARE;
    static final int EXIT_USAGE = CommandLine.ExitCode.USAGE;
    public static final int EXIT_CONFIGURATION = 3;
    public static final int EXIT_REFUSED = 4;
    public static final int EXIT_NO_NODE = 5;

    private final StopSignal stopSignal = new StopSignal();

    public static void main(final String[] args) {
        final Twintrack twintrack = new Twintrack();
        twintrack.stopSignal.exit(commandLine(twintrack).execute(args));
    }

    /** Runs a command within a program. @return its exit code. */
    public static int execute(final PrintWriter out, final PrintWriter err, final String... args) {
        return commandLine(new Twintrack()).setOut(out).setErr(err).execute(args);
    }

    static CommandLine commandLine(final Twintrack twintrack) {
        final CommandLine commandLine = new CommandLine(twintrack);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command));
        commandLine.setUsageHelpAutoWidth(true);
        return commandLine;
    }

    /** Of this process, for the commands that run until it comes. */
    public StopSignal stopSignal() {
        return stopSignal;
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

    static String version() {
        final String version = Twintrack.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"twintrack " + version()};
        }
    }

    /** Sizes of disks and volumes on the command line. */
    public static final class DiskSize implements ITypeConverter<Long> {
        private static final int BLOCK = 4096;

        @Override
        public Long convert(final String text) {
            final long bytes = Units.size(text);
            if (bytes < BLOCK || bytes % BLOCK != 0) {
                throw new TypeConversionException(
                    "'" + text + "' is not a multiple of 4 KiB from 4 KiB on, such as \"256 MiB\"");
            }
            return bytes;
        }
    }

    /** Names of volumes, pairs, peers and HBAs on the command line. */
    public static final class Name implements ITypeConverter<String> {
        @Override
        public String convert(final String text) {
            if (!text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
                throw new TypeConversionException("'" + text + "' is no name: 1 to 64 letters, digits, dots, dashes or "
                    + "underscores, the first a letter or digit");
            }
            return text;
        }
    }

    /** Host and port on the command line. */
    public static final class ListenAddress implements ITypeConverter<Endpoint> {
        @Override
        public Endpoint convert(final String text) {
            final Endpoint endpoint = Endpoint.parse(text);
            if (endpoint == null) {
                throw new TypeConversionException("'" + text + "' is not HOST:PORT, such as 127.0.0.1:10809");
            }
            return endpoint;
        }
    }
}
