package io.twintrack.bench.system;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.Workload;
import io.twintrack.bench.load.Fio;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** No system at all: fio on the files. On one it is a plain local write, on both at once the bound of a mirror. */
public final class PlainFiles implements SystemUnderTest {
    private final Fio fio;
    private final boolean both;
    private List<Path> files = List.of();

    private PlainFiles(final Fio fio, final boolean both) {
        this.fio = fio;
        this.both = both;
    }

    public static PlainFiles one(final Fio fio) {
        return new PlainFiles(fio, false);
    }

    public static PlainFiles both(final Fio fio) {
        return new PlainFiles(fio, true);
    }

    @Override
    public String name() {
        return both ? "fio-both" : "fio-one";
    }

    @Override
    public String describe() {
        return both ? "fio on both files at once, per file: the bound" : "fio on one file: a plain local write";
    }

    @Override
    public Optional<String> unavailable() {
        return Tools.missing("fio", "fio");
    }

    /** One file alone is there for its latency; rates are compared with both at once. */
    @Override
    public boolean takes(final Workload workload) {
        return both || workload.depth() == 1;
    }

    @Override
    public boolean isMirror() {
        return false;
    }

    @Override
    public void start(final Volumes volumes) {
        files = both ? volumes.files() : List.of(volumes.origin());
    }

    @Override
    public LoadResult run(final LoadRun run) throws IOException {
        return fio.onFiles(files, run);
    }

    @Override
    public Set<Long> pids() {
        return Set.of();
    }

    @Override
    public void stop() {
        files = List.of();
    }
}
