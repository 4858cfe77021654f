package io.twintrack.node.demo;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.IoErrors;
import io.twintrack.node.StopSignal;
import io.twintrack.node.Twintrack;
import io.twintrack.node.config.Endpoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Tells a pair's life once, on this machine: two nodes, one mirrored volume, real data. */
@Command(
    name = "demo",
    description = "Mirrors a volume between two nodes on this machine: copies a real input in through NBD, severs the "
        + "pair, writes on, re-establishes it, lets the other side be the primary, reads the data there, and compares "
        + "both images byte for byte.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class DemoCommand implements Callable<Integer> {
    @Option(names = "--input", paramLabel = "FILE",
        description = "What to copy in; default: an archive of the running JDK's own files, packed for this.")
    private Path input;

    @Option(names = "--serve",
        description = "Copy nothing; print \"ready nbd://HOST:PORT/vol0\" and serve clients until SIGTERM.")
    private boolean serve;

    @Option(names = "--processes",
        description = "Run each node as a process of its own and print \"origin pid N\" and \"target pid N\".")
    private boolean processes;

    @Option(names = "--dir", paramLabel = "DIR",
        description = "Where the images and configurations lie: DIR/origin and DIR/target, each with vol0.img and "
            + "node.yaml. What is there is kept. Default: a fresh temporary folder.")
    private Path dir;

    @Option(names = "--size", paramLabel = "SIZE", converter = Twintrack.DiskSize.class,
        description = "Of the volume, such as \"1 GiB\"; default: 256 MiB.")
    private Long size;

    @Option(names = "--nbd", paramLabel = "HOST:PORT", converter = Twintrack.ListenAddress.class,
        description = "Where clients attach; default: 127.0.0.1 and a free port.")
    private Endpoint nbd;

    @ParentCommand
    private Twintrack twintrack;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailedException {
        checkInput();
        final StopSignal stop = twintrack.stopSignal();
        stop.installInterrupting();
        final PrintWriter out = spec.commandLine().getOut();
        final DemoFolder folder = DemoFolder.prepare(folder(), size, nbd);
        out.println("folder " + folder.path());
        out.flush();
        final Demo demo = new Demo(folder, nbd, processes, stop, out);
        return serve ? demo.serve() : demo.copy(input);
    }

    private void checkInput() throws CommandFailedException {
        if (input != null && !(Files.isRegularFile(input) && Files.isReadable(input))) {
            throw new CommandFailedException("the input " + input + " is not a file that can be read");
        }
    }

    private Path folder() throws CommandFailedException {
        try {
            return dir == null ? Files.createTempDirectory("twintrack-demo-") : dir;
        } catch (final IOException e) {
            throw new CommandFailedException("no temporary folder can be made: " + IoErrors.sentence(e));
        }
    }
}
