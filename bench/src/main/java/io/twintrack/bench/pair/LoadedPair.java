package io.twintrack.bench.pair;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.Workload;
import io.twintrack.bench.load.Fio;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import io.twintrack.bench.process.Children;
import io.twintrack.bench.system.TwintrackNbd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** The demo's two nodes, their pair, and fio, which goes to the origin's NBD export. One thread. */
public final class LoadedPair implements AutoCloseable {
    /** Two virtual machines start cold and compile what is hot. */
    private static final Duration WARM_UP = Duration.ofSeconds(8);
    private static final long WARM_UP_SEED = 1_000_000;

    private final long size;
    private final Fio fio;
    private final TwintrackNbd nodes;
    private final PairOverHttp control;

    /** Nodes as the demo makes them. */
    public LoadedPair(final Volumes volumes, final Children children, final Path program) throws IOException {
        this(volumes, children, program, UnaryOperator.identity());
    }

    /** @param edit is applied to each node's file. */
    public LoadedPair(
        final Volumes volumes, final Children children, final Path program, final UnaryOperator<String> edit)
        throws IOException {
        size = volumes.size();
        fio = new Fio(children, "io_uring");
        nodes = new TwintrackNbd(children, fio, program);
        // The first start writes both files, which a later one takes as they are; start makes the pair's records anew.
        nodes.start(volumes);
        if (edited(volumes, edit)) {
            nodes.stop();
            nodes.start(volumes);
        }
        control = new PairOverHttp(volumes.dir().resolve("origin/meta/control.sock"), "vol0");
    }

    private static boolean edited(final Volumes volumes, final UnaryOperator<String> edit) throws IOException {
        boolean changed = false;
        for (final String side : List.of("origin", "target")) {
            final Path file = volumes.dir().resolve(side).resolve("node.yaml");
            final String before = Files.readString(file);
            final String after = edit.apply(before);
            Files.writeString(file, after);
            changed |= !after.equals(before);
        }
        return changed;
    }

    /** Adds this key to the configuration of a node's first HBA. */
    public static UnaryOperator<String> inHba(final String key) {
        return yaml -> yaml.replaceFirst("(?m)^  - name: .*$", "$0\n    " + key);
    }

    /** Adds this key to the configuration of a node's pair. */
    public static UnaryOperator<String> inPair(final String key) {
        return yaml -> yaml.replaceFirst("(?m)^        role: .*$", "$0\n        " + key);
    }

    public void warmUp(final Workload workload) throws IOException {
        run(workload, WARM_UP, WARM_UP_SEED);
    }

    public LoadResult run(final Workload workload, final Duration time, final long seed) throws IOException {
        return run(workload, size, time, seed);
    }

    /** @param workingSet bytes from the start of the volume that the client goes to. */
    public LoadResult run(final Workload workload, final long workingSet, final Duration time, final long seed)
        throws IOException {
        return fio.onNbd(uri(), new LoadRun(workload, time, workingSet, seed));
    }

    /** 4 KiB writes, each after a pause. */
    public LoadResult afterPauses(final Duration pause, final int writes) throws IOException {
        return fio.afterPauses(uri(), size, pause, writes);
    }

    public String uri() {
        return nodes.uri();
    }

    public PairOverHttp control() {
        return control;
    }

    public long originPid() throws IOException {
        return nodes.originPid();
    }

    public long targetPid() throws IOException {
        return nodes.targetPid();
    }

    @Override
    public void close() throws IOException {
        control.close();
        nodes.stop();
    }
}
