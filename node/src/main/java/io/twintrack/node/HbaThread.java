package io.twintrack.node;

import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.hba.Hba;
import io.twintrack.engine.host.HostClient;
import io.twintrack.engine.pair.Fence;
import io.twintrack.node.alert.FenceHook;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.node.control.HbaControl;
import io.twintrack.node.control.PairTables;
import io.twintrack.node.disk.DiskView;
import io.twintrack.node.disk.SataDisks;
import io.twintrack.node.nbd.NbdServer;
import io.twintrack.uring.EventFd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * The thread of one HBA: opens it, runs its duty cycle, stops and closes it. Other threads start it, ask it to stop,
 * and read what it published.
 */
final class HbaThread {
    private static final Logger LOG = LoggerFactory.getLogger(HbaThread.class);
    /** For the disks, after the peers had their time to answer. */
    private static final long DISK_PATIENCE_NS = TimeUnit.SECONDS.toNanos(20);

    private final NodeParts node;
    private final HbaConfig config;
    private final int hostSlots;
    private final Thread thread;
    private final CompletableFuture<HostClient> started = new CompletableFuture<>();
    private final EventFd signal = EventFd.open();
    private final HbaTasks tasks = new HbaTasks(signal::signal);
    private final HbaControl control;
    /** {@code null} when no program fences a peer. */
    private final FenceHook fence;
    /** HBA's thread only. */
    private PairTables pairs;
    private boolean signalClosed;
    private volatile boolean stopRequested;
    private volatile boolean serving;
    private volatile Counters counters;
    private volatile SataDisks disks;
    private volatile Throwable failure;
    private volatile NodeCounts counts = new NodeCounts(0, 0);

    HbaThread(final NodeParts node, final HbaConfig config, final int hostSlots) {
        this.node = node;
        this.config = config;
        this.hostSlots = hostSlots;
        this.thread = new Thread(this::run, config.name());
        this.control = new HbaControl(config.name(), this::file, () -> pairs);
        // Its answers are heard while the HBA stops, too: writes wait for them.
        this.fence = node.fence() == null ? null
            : new FenceHook(node.iqn(), node.fence(), answer -> tasks.file(nowNs -> answer.run()));
    }

    void start() {
        thread.start();
    }

    /**
     * @return the way in for a program that embeds the node, {@code null} when it asked for no slots.
     * @throws CommandFailedException when it could not be opened; then its thread has ended.
     */
    HostClient awaitStarted() throws CommandFailedException {
        try {
            return started.join();
        } catch (final CompletionException e) {
            throw new CommandFailedException("the HBA " + config.name() + " did not start: " + reason(e.getCause()));
        }
    }

    /** The way to its pairs for other threads, until {@link #requestStop()}. */
    HbaControl control() {
        return control;
    }

    /** Any thread. @return false when it takes no task now. */
    private boolean file(final LongConsumer task) {
        return !stopRequested && failure == null && tasks.file(task::accept);
    }

    /** Clients may use every volume that this HBA is origin of. */
    boolean isServing() {
        return serving;
    }

    /** Why the thread ended by itself, or {@code null}. */
    Throwable failure() {
        return failure;
    }

    /** Sessions with peers that were refused, by this node or by the peer. Any thread. */
    long handshakesRefused() {
        final Counters read = counters;
        return read == null ? 0 : read.get(Counter.HANDSHAKES_REFUSED);
    }

    /** Its disks that are reached by ATA commands. Any thread. */
    List<DiskView> disks() {
        final SataDisks read = disks;
        return read == null ? List.of() : read.views();
    }

    /** Complete once the thread has ended. */
    NodeCounts counts() {
        return counts;
    }

    /** Any thread, but one at a time; the same for {@link #awaitEnd()}. */
    void requestStop() {
        if (!stopRequested) {
            stopRequested = true;
            signal.signal();
        }
    }

    /** Waits for the thread's end, after {@link #requestStop()}. */
    void awaitEnd() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!signalClosed) {
            signalClosed = true;
            signal.close();
        }
    }

    private void run() {
        try {
            final HbaAssembly assembly = HbaAssembly.open(node, config, ports(), hostSlots, signal);
            LOG.info("Running as {} on {}", node.iqn(), assembly.describe());
            counters = assembly.hba().counters();
            disks = assembly.sata();
            pairs = new HbaPairs(assembly);
            assembly.hba().add(tasks);
            started.complete(assembly.hostClient());
            work(assembly);
            stop(assembly);
            publishCounts(assembly.hba());
            assembly.counted().forEach(LOG::info);
            assembly.close();
        } catch (final IOException | RuntimeException | Error e) {
            // After a failure all stays open until the process ends: the kernel may still write to the HBA's memory.
            if (!started.completeExceptionally(e)) {
                failure = e;
                LOG.error("Ended by a failure", e);
            }
        }
    }

    private HbaPorts ports() {
        return new HbaPorts(fence == null ? Fence.NONE : fence, node.events(), node.offers().apply(control));
    }

    private void work(final HbaAssembly assembly) {
        final Idle idle = new Idle(config.idle(), assembly.wakeUps(), System.nanoTime());
        while (!stopRequested) {
            final long nowNs = System.nanoTime();
            final int work = assembly.hba().doWork(nowNs) - assembly.wakeUps().takeCompletions();
            serving = serving || assembly.hba().isServing();
            idle.idle(work, nowNs);
        }
    }

    /** Clients first: their last replies leave. Then what is left of the requests ends, and the disks are flushed. */
    private void stop(final HbaAssembly assembly) {
        LOG.info("Stopping: no more requests are taken");
        final NbdServer nbd = assembly.nbd();
        final Hba hba = assembly.hba();
        final long longestNs = config.longestAnswerNs() + DISK_PATIENCE_NS;
        final long beganNs = System.nanoTime();
        if (nbd != null) {
            nbd.stop(System.nanoTime());
        }
        if (fence != null) {
            fence.close();
        }
        while (!hba.isStopped()) {
            final long nowNs = System.nanoTime();
            if (nowNs - beganNs > longestNs) {
                throw new IllegalStateException(
                    "requests did not end within " + TimeUnit.NANOSECONDS.toSeconds(longestNs) + " s");
            }
            hba.doWork(nowNs);
            if (nbd == null || nbd.isDrained()) {
                hba.stop();
            }
        }
        if (hba.isFlushFailed()) {
            throw new IllegalStateException("a disk failed a flush: what it had taken may be gone");
        }
        LOG.info("Stopped: nothing is on its way and the disks are flushed");
    }

    private void publishCounts(final Hba hba) {
        counts = new NodeCounts(
            hba.counters().get(Counter.FRAMES_SENT), hba.counters().get(Counter.FRAMES_RESENT));
    }

    private static String reason(final Throwable cause) {
        return cause instanceof IOException io ? IoErrors.sentence(io)
            : cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
