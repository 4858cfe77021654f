package io.twintrack.node.alert;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One way to tell people, with a thread of its own: a slow one holds up no other. Alerts go out one after the other,
 * each until it is delivered or its tries are used up. One thread files, stops and closes; counts may be read by any.
 */
final class AlertChannel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertChannel.class);
    private static final int CAPACITY = 256;
    private static final long LONGEST_BACK_OFF_MS = 60_000;
    private static final long LONGEST_STOP_MS = 5_000;

    private final String name;
    private final Delivery delivery;
    private final int tries;
    private final long backOffMs;
    private final BlockingQueue<Alert> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Thread thread;
    private long stopAtNs;
    private volatile boolean closing;
    private volatile boolean busy;
    private volatile long delivered;
    private volatile long failed;
    private volatile long dropped;

    /** @param backOffMs after the first try, doubled after each further one, up to a minute. */
    AlertChannel(final String name, final Delivery delivery, final int tries, final long backOffMs) {
        this.name = name;
        this.delivery = delivery;
        this.tries = tries;
        this.backOffMs = backOffMs;
        this.thread = new Thread(this::run, "alert-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** What it did since it was opened. @param waiting alerts that are still to be delivered. */
    record Counts(String name, long delivered, long failed, long dropped, int waiting) {
    }

    Counts counts() {
        return new Counts(name, delivered, failed, dropped, queue.size() + (busy ? 1 : 0));
    }

    /** By one thread. */
    void file(final Alert alert) {
        if (!queue.offer(alert)) {
            dropped++;
            // The 1st, 2nd, 4th, 8th... stand for all.
            if (Long.bitCount(dropped) == 1) {
                LOG.error("Too many alerts wait for {}; dropped ({} so far): {}", name, dropped, alert);
            }
        }
    }

    /** Takes no more; what waits gets a few seconds to be delivered, counted from the call. */
    void stop() {
        closing = true;
        stopAtNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_STOP_MS);
    }

    /** After {@link #stop()}: waits for its end. */
    @Override
    public void close() {
        try {
            // An idle one waits for alerts: it sees at once, or within its wait, that none will come.
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(stopAtNs - System.nanoTime())));
            thread.interrupt();
            thread.join(LONGEST_STOP_MS);
        } catch (final InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closing || !queue.isEmpty()) {
                final Alert alert = queue.poll(100, TimeUnit.MILLISECONDS);
                if (alert != null) {
                    busy = true;
                    deliver(alert);
                    busy = false;
                }
            }
        } catch (final InterruptedException e) {
            LOG.warn("{} alerts for {} were not delivered before the end", queue.size() + 1, name);
        }
    }

    private void deliver(final Alert alert) throws InterruptedException {
        long waitMs = backOffMs;
        for (int tried = 1; ; tried++) {
            try {
                delivery.deliver(alert);
                delivered++;
                return;
            } catch (final IOException | RuntimeException e) {
                if (tried >= tries) {
                    failed++;
                    LOG.error("{} was not told of {} after {} tries: {}", name, alert, tried, e.getMessage());
                    return;
                }
                LOG.warn("{} was not told at try {}: {}", name, tried, e.getMessage());
            }
            TimeUnit.MILLISECONDS.sleep(waitMs);
            waitMs = Math.min(2 * waitMs, LONGEST_BACK_OFF_MS);
        }
    }
}
