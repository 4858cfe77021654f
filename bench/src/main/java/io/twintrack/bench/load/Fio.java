package io.twintrack.bench.load;

import io.twintrack.bench.Workload;
import io.twintrack.bench.process.Child;
import io.twintrack.bench.process.Children;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The client of every system that is a file or an NBD export: one fio process for each run. */
public final class Fio {
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Children children;
    private final String fileEngine;

    /** @param fileEngine fio's engine for plain files: io_uring or libaio. */
    public Fio(final Children children, final String fileEngine) {
        this.children = children;
        this.fileEngine = fileEngine;
    }

    /** All files at once, one job each. @return what one file got, on average. */
    public LoadResult onFiles(final List<Path> files, final LoadRun run) throws IOException {
        final List<String> command = common(run);
        command.add("--ioengine=" + fileEngine);
        command.add("--direct=1");
        for (final Path file : files) {
            command.add("--name=" + file.getParent().getFileName());
            command.add("--filename=" + file);
        }
        return run(command, run, files.size());
    }

    public LoadResult onNbd(final String uri, final LoadRun run) throws IOException {
        final List<String> command = common(run);
        command.add("--ioengine=nbd");
        command.add("--name=nbd");
        command.add("--uri=" + uri);
        return run(command, run, 1);
    }

    /** 4 KiB random writes, one at a time, each after a pause that its latency does not count. */
    public LoadResult afterPauses(final String uri, final long size, final Duration pause, final int writes)
        throws IOException {
        final LoadRun run = new LoadRun(Workload.WRITE_4K_D1, pause.multipliedBy(writes), size, 1);
        final List<String> command = common(run);
        command.add("--ioengine=nbd");
        command.add("--name=nbd");
        command.add("--uri=" + uri);
        command.add("--thinktime=" + pause.toNanos() / 1000);
        return run(command, run, 1);
    }

    /** Latency percentiles are those from submission to completion (lat), not fio's default (clat). */
    private static List<String> common(final LoadRun run) {
        final Workload workload = run.workload();
        return new ArrayList<>(List.of(
            "fio",
            "--output-format=json",
            "--group_reporting",
            "--lat_percentiles=1",
            "--clat_percentiles=0",
            "--rw=" + (workload.random() ? "rand" : "") + (workload.writes() ? "write" : "read"),
            "--bs=" + workload.blockSize(),
            "--iodepth=" + workload.depth(),
            "--size=" + run.size(),
            "--runtime=" + run.time().toMillis() + "ms",
            "--time_based",
            "--randseed=" + run.seed()));
    }

    private LoadResult run(final List<String> command, final LoadRun run, final int jobs) throws IOException {
        final Child fio = children.start("fio", command);
        try {
            fio.awaitExit(run.time().plus(GRACE));
            return FioOutput.parse(fio.output(), run.workload().writes(), jobs);
        } finally {
            children.stop(fio);
        }
    }
}
