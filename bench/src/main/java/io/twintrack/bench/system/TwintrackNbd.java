package io.twintrack.bench.system;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.load.Fio;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import io.twintrack.bench.process.Child;
import io.twintrack.bench.process.Children;
import io.twintrack.bench.pair.PairOverHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Twintrack as users run it: two node processes made by the demo, and a client over NBD. */
public final class TwintrackNbd implements SystemUnderTest {
    private static final Pattern READY = Pattern.compile("ready (nbd://\\S+)");
    private static final Pattern ORIGIN = Pattern.compile("origin pid (\\d+)");
    private static final Pattern TARGET = Pattern.compile("target pid (\\d+)");
    /** The first start may have to build; every start compares both volumes whole. */
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    /** Two virtual machines start cold each time and compile what is hot. */
    private static final Duration SETTLING = Duration.ofSeconds(8);
    private static final Duration LINE_LIMIT = Duration.ofSeconds(20);

    private final Children children;
    private final Fio fio;
    private final Path program;
    private final InStep inStep;
    private final Set<ProcessHandle> processes = new LinkedHashSet<>();
    private Child demo;
    private String uri;

    /** @param program the path of {@code bin/twintrack}. */
    public TwintrackNbd(final Children children, final Fio fio, final Path program) {
        this(children, fio, program, TwintrackNbd::awaitUpToDate);
    }

    /** @param inStep returns when the pair on these volumes is measured as it will be. */
    TwintrackNbd(final Children children, final Fio fio, final Path program, final InStep inStep) {
        this.children = children;
        this.fio = fio;
        this.program = program;
        this.inStep = inStep;
    }

    /** Waits until both sides of the pair are equal. */
    @FunctionalInterface
    interface InStep {
        void await(Volumes volumes) throws IOException;
    }

    @Override
    public String name() {
        return "twintrack-nbd";
    }

    @Override
    public String describe() {
        return "Twintrack, two node processes, client over NBD";
    }

    @Override
    public Optional<String> unavailable() {
        if (!Files.isExecutable(program)) {
            return Optional.of("no program at " + program + ": name it with --twintrack");
        }
        return Tools.missing("fio", "fio");
    }

    @Override
    public boolean isMirror() {
        return true;
    }

    @Override
    public Duration settling() {
        return SETTLING;
    }

    @Override
    public void start(final Volumes volumes) throws IOException {
        volumes.forgetPairs();
        demo = children.start(name(), List.of(
            program.toString(), "demo", "--serve", "--processes",
            "--dir", volumes.dir().toString(), "--size", Long.toString(volumes.size())));
        processes.add(demo.handle());
        uri = demo.awaitLine(READY, START_LIMIT).group(1);
        inStep.await(volumes);
        processes.add(node(ORIGIN));
        processes.add(node(TARGET));
        demo.handle().descendants().forEach(processes::add);
    }

    @Override
    public LoadResult run(final LoadRun run) throws IOException {
        return fio.onNbd(uri, run);
    }

    @Override
    public Set<Long> pids() {
        final Set<Long> pids = new LinkedHashSet<>();
        processes.forEach(process -> pids.add(process.pid()));
        return pids;
    }

    /** The demo ends its nodes. One that outlived it is ended here all the same, for it holds the files. */
    @Override
    public void stop() throws IOException {
        if (demo == null) {
            return;
        }
        final boolean orderly = children.stop(demo);
        processes.clear();
        demo = null;
        if (!orderly) {
            throw new IOException("the demo or one of its nodes did not end on SIGTERM");
        }
    }

    /** Volumes serve while they are compared; what is measured is a pair in step. */
    private static void awaitUpToDate(final Volumes volumes) throws IOException {
        try (PairOverHttp pair = new PairOverHttp(volumes.dir().resolve("origin/meta/control.sock"), "vol0")) {
            pair.await("up-to-date", START_LIMIT);
        }
    }

    public long originPid() throws IOException {
        return node(ORIGIN).pid();
    }

    public long targetPid() throws IOException {
        return node(TARGET).pid();
    }

    public String uri() {
        return uri;
    }

    private ProcessHandle node(final Pattern line) throws IOException {
        final long pid = Long.parseLong(demo.awaitLine(line, LINE_LIMIT).group(1));
        final ProcessHandle node =
            ProcessHandle.of(pid).orElseThrow(() -> new IOException("node " + pid + " is gone"));
        demo.adopt(node);
        return node;
    }
}
