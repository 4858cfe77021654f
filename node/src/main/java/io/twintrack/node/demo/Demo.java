package io.twintrack.node.demo;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.IoErrors;
import io.twintrack.node.NodeCounts;
import io.twintrack.node.StopSignal;
import io.twintrack.node.config.Endpoint;
import io.twintrack.node.config.NbdConfig;
import io.twintrack.node.config.NodeConfig;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One run of the demo in a prepared folder. */
final class Demo {
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long WATCH_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long PACKED_LIMIT = 64L << 20;
    /** A pair compares its whole volume before it serves; a slow disk reads this much in a second. */
    private static final long SLOW_COMPARE_BYTES = 20L << 20;
    private static final long SLOW_START_S = 30;

    private final DemoFolder folder;
    private final Endpoint nbdOverride;
    private final boolean processes;
    private final StopSignal stop;
    private final PrintWriter out;

    Demo(final DemoFolder folder, final Endpoint nbdOverride, final boolean processes, final StopSignal stop,
        final PrintWriter out) {
        this.folder = folder;
        // Port 0 asked for a free one, which the configuration has by now.
        this.nbdOverride = nbdOverride == null || nbdOverride.port() == 0 ? null : nbdOverride;
        this.processes = processes;
        this.stop = stop;
        this.out = out;
    }

    /** Serves clients until SIGTERM. @return the exit code. */
    int serve() throws CommandFailedException {
        try (DemoNodes nodes = start()) {
            if (awaitServing(nodes)) {
                print("ready nbd://" + nbd() + '/' + DemoFolder.VOLUME);
                while (!stop.isRequested()) {
                    nodes.watch();
                    LockSupport.parkNanos(WATCH_NS);
                }
            }
            stop.await();
            nodes.stop();
            return 0;
        }
    }

    /** Copies the input in and tells the whole story with it. @param givenInput {@code null} packs one. */
    int copy(final Path givenInput) throws CommandFailedException {
        try {
            final Path input = givenInput == null ? packInput() : givenInput;
            checkFits(input);
            return copyThrough(input);
        } catch (final IOException e) {
            if (stop.isRequested()) {
                throw new CommandFailedException("stopped before the end");
            }
            throw new CommandFailedException("the copy failed: " + IoErrors.sentence(e));
        }
    }

    private int copyThrough(final Path input) throws CommandFailedException, IOException {
        try (DemoNodes nodes = start()) {
            if (!awaitServing(nodes)) {
                throw new CommandFailedException("stopped before the end");
            }
            final DemoResult result = new DemoResult(input);
            tell(input, result);
            requireBoth(nodes);
            result.counts = nodes.stop();
            compareImages(result);
            result.print(out);
            return result.isEqual() ? 0 : 1;
        }
    }

    private void tell(final Path input, final DemoResult result) throws CommandFailedException, IOException {
        try (FileChannel file = FileChannel.open(input, StandardOpenOption.READ);
             Story story = new Story(
                 control(Side.ORIGIN), control(Side.TARGET), new DemoContent(file), result, out)) {
            story.tell(nbd(), targetNbd());
        }
    }

    private PairControl control(final Side side) throws CommandFailedException, IOException {
        return new PairControl(side, folder.config(side).control(), stop, longestS());
    }

    private Endpoint targetNbd() throws CommandFailedException {
        final NbdConfig nbd = folder.config(Side.TARGET).hbas().get(0).nbd();
        if (nbd == null || nbd.listen() == null) {
            throw new CommandFailedException("the target has no \"nbd\" section with a TCP address, so nobody could "
                + "read from it; remove " + folder.configFile(Side.TARGET) + ", and the demo writes a new one");
        }
        return nbd.listen();
    }

    /** A node that is gone by now has flushed nothing: equal images would prove little. */
    private static void requireBoth(final DemoNodes nodes) throws CommandFailedException {
        if (!nodes.isServing()) {
            throw new CommandFailedException("the volume no longer serves");
        }
    }

    private void compareImages(final DemoResult result) throws IOException {
        final Path origin = folder.image(Side.ORIGIN);
        result.imageDifference = ImageComparison.firstDifference(origin, folder.image(Side.TARGET));
        result.imageLength = Files.size(origin);
    }

    private DemoNodes start() throws CommandFailedException {
        // Both are read before either starts, so that a mistake in one leaves nothing behind.
        final NodeConfig origin = folder.config(Side.ORIGIN);
        final NodeConfig target = folder.config(Side.TARGET);
        if (processes) {
            return NodesAsProcesses.start(folder, nbdOverride, out);
        }
        return NodesInProcess.start(nbdOverride == null ? origin : origin.withNbd(nbdOverride), target);
    }

    /** @return false when the demo is to stop. */
    private boolean awaitServing(final DemoNodes nodes) throws CommandFailedException {
        final long limitS = longestS();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitS);
        while (!stop.isRequested() && !nodes.isServing()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new CommandFailedException("the volume was not ready for clients within " + limitS + " s");
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        return !stop.isRequested();
    }

    private long longestS() throws CommandFailedException {
        return SLOW_START_S + volumeSize() / SLOW_COMPARE_BYTES;
    }

    private Endpoint nbd() {
        return nbdOverride == null ? configuredNbd() : nbdOverride;
    }

    private Endpoint configuredNbd() {
        try {
            return folder.config(Side.ORIGIN).hbas().get(0).nbd().listen();
        } catch (final CommandFailedException e) {
            throw new IllegalStateException("it was read before", e);
        }
    }

    private long volumeSize() throws CommandFailedException {
        return folder.config(Side.ORIGIN).hbas().get(0).volume(DemoFolder.VOLUME).size();
    }

    private Path packInput() throws IOException, CommandFailedException {
        final Path archive = folder.path().resolve("input.tar");
        final Path tree = Path.of(System.getProperty("java.home"));
        final int files = TreePacker.pack(tree, archive, Math.min(PACKED_LIMIT, volumeSize()));
        print("input " + archive + " (" + files + " files of " + tree + ")");
        return archive;
    }

    private void checkFits(final Path input) throws IOException, CommandFailedException {
        if (Files.size(input) > volumeSize()) {
            throw new CommandFailedException("the input has " + Files.size(input) + " bytes, the volume only "
                + volumeSize() + "; give a larger --size and another --dir");
        }
    }

    private void print(final String line) {
        out.println(line);
        out.flush();
    }
}
