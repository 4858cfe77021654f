package io.twintrack.bench;

import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import io.twintrack.bench.system.SystemUnderTest;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Writes down what is asked of it, and fails where it is told to. */
final class FakeSystem implements SystemUnderTest {
    private final String name;
    private final boolean mirror;
    private final List<String> log;
    private String failsIn = "";
    private boolean byDefault = true;

    FakeSystem(final String name, final boolean mirror, final List<String> log) {
        this.name = name;
        this.mirror = mirror;
        this.log = log;
    }

    FakeSystem failsIn(final String step) {
        failsIn = step;
        return this;
    }

    FakeSystem onRequest() {
        byDefault = false;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String describe() {
        return name;
    }

    @Override
    public boolean byDefault() {
        return byDefault;
    }

    @Override
    public boolean isMirror() {
        return mirror;
    }

    @Override
    public void start(final Volumes volumes) throws IOException {
        step("start");
    }

    @Override
    public LoadResult run(final LoadRun run) throws IOException {
        step("run");
        return new LoadResult(1000, 1, 10, 20);
    }

    @Override
    public Set<Long> pids() {
        return Set.of();
    }

    @Override
    public void stop() throws IOException {
        step("stop");
    }

    private void step(final String step) throws IOException {
        log.add(name + " " + step);
        if (step.equals(failsIn)) {
            throw new IOException(step + " failed");
        }
    }
}
