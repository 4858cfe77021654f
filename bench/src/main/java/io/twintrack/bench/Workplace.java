package io.twintrack.bench;

import io.twintrack.bench.process.Children;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a run leaves on the machine while it lasts: the volumes' folder and the processes. Both are gone afterwards,
 * however the run ends, short of SIGKILL.
 */
final class Workplace implements AutoCloseable {
    private final Volumes volumes;
    private final Children children;
    private final Thread hook = new Thread(this::clear, "bench-interrupted");

    private Workplace(final Volumes volumes) {
        this.volumes = volumes;
        this.children = new Children(volumes.dir().resolve("logs"));
    }

    static Workplace open(final Path parent, final long size) throws IOException {
        return open(parent, parent, size);
    }

    static Workplace open(final Path parent, final Path targetParent, final long size) throws IOException {
        final Workplace workplace = new Workplace(Volumes.create(parent, targetParent, size));
        Runtime.getRuntime().addShutdownHook(workplace.hook);
        return workplace;
    }

    Volumes volumes() {
        return volumes;
    }

    Children children() {
        return children;
    }

    /** If the machine is shutting down already, the hook does it. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            return;
        }
        clear();
    }

    private void clear() {
        children.close();
        try {
            volumes.delete();
        } catch (final IOException e) {
            System.err.println("could not remove " + volumes.dir() + ": " + e);
        }
    }
}
