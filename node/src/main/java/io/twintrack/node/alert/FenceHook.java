package io.twintrack.node.alert;

import io.twintrack.engine.pair.Fence;
import io.twintrack.node.Json;
import io.twintrack.node.config.HookConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Fences a peer by a program: it gets {@code {"node":...,"pair":...}} on its standard input, and exit code 0 means that
 * the peer serves no clients. Runs on a thread of its own, for one HBA.
 */
public final class FenceHook implements Fence, AutoCloseable {
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Logger LOG = LoggerFactory.getLogger(FenceHook.class);

    private final String iqn;
    private final HookConfig hook;
    private final Predicate<Runnable> hbaThread;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(FenceHook::daemon);

    private record Request(String node, String pair) {
    }

    /**
     * @param iqn       of this node.
     * @param hbaThread runs what it is given on the HBA's thread; false when that takes nothing now.
     */
    public FenceHook(final String iqn, final HookConfig hook, final Predicate<Runnable> hbaThread) {
        this.iqn = iqn;
        this.hook = hook;
        this.hbaThread = hbaThread;
    }

    @Override
    public void fence(final String pair, final Listener listener) {
        try {
            thread.execute(() -> run(pair, listener));
        } catch (final RejectedExecutionException e) {
            listener.onFenced(false, "the node is stopping");
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void run(final String pair, final Listener listener) {
        boolean fenced = false;
        String reason;
        try {
            final int exitCode = HookProcess.run(hook, Json.text(new Request(iqn, pair)) + '\n');
            fenced = exitCode == 0;
            reason = hook.command().get(0) + " ended with exit code " + exitCode;
        } catch (final IOException e) {
            reason = e.getMessage();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            reason = "the node is stopping";
        }
        answer(pair, listener, fenced, reason);
    }

    private void answer(final String pair, final Listener listener, final boolean fenced, final String reason) {
        LOG.info("Fencing the peer of pair {}: {}: {}", pair, fenced ? "done" : "failed", reason);
        // The HBA waits for this answer with writes held: it must arrive.
        while (!hbaThread.test(() -> listener.onFenced(fenced, reason)) && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(RETRY_NS);
        }
    }

    private static Thread daemon(final Runnable task) {
        final Thread created = new Thread(task, "fence");
        created.setDaemon(true);
        return created;
    }
}
