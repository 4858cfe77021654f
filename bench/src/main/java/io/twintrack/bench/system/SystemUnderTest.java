package io.twintrack.bench.system;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.Workload;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * One row of the table: something that stores blocks in the bench's files. It is started for one cell, warmed up,
 * measured and stopped, so that no two systems ever have the files open at the same time. One thread.
 */
public interface SystemUnderTest {

    /** As it stands in tables and in {@code --only}. */
    String name();

    /** How it is built, in one line, for people. */
    String describe();

    /** Runs without being named; else only with {@code --only}. */
    default boolean byDefault() {
        return true;
    }

    /** Why it cannot run here, and what would help. */
    default Optional<String> unavailable() {
        return Optional.empty();
    }

    /** @return false for a workload that says nothing about this system. */
    default boolean takes(final Workload workload) {
        return true;
    }

    /** It writes both files and answers for their being equal. */
    boolean isMirror();

    /** Load to put on it after a start before its speed is its own, beyond what every system gets. */
    default Duration settling() {
        return Duration.ZERO;
    }

    /** Opens the volumes; if it is a mirror they are equal. Returns when it serves. */
    void start(Volumes volumes) throws IOException;

    LoadResult run(LoadRun run) throws IOException;

    /** The processes that do its work, the client's not counted; empty if all work is the client's. */
    Set<Long> pids();

    /** Ends what {@link #start} began, also if that failed half-way. The files are closed when it returns. */
    void stop() throws IOException;
}
