package io.twintrack.node.alert;

import io.twintrack.engine.pair.PairEvent;
import io.twintrack.engine.pair.PairEvents;
import io.twintrack.node.config.AlertConfig;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells people what happens to pairs: in the log, and in each way that is configured, each event once. HBAs hand events
 * over without waiting and without locks; a thread of its own gives them to the ways.
 */
public final class Alerts implements PairEvents, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);
    private static final int CAPACITY = 1024;
    private static final int REMEMBERED = 100;
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int TRIES = 8;
    private static final long BACK_OFF_MS = 1_000;

    private final String iqn;
    private final ManyToOneConcurrentArrayQueue<PairEvent> events = new ManyToOneConcurrentArrayQueue<>(CAPACITY);
    private final AtomicLong lost = new AtomicLong();
    private final ActiveAlerts active = new ActiveAlerts();
    private final Deque<Alert> recent = new ArrayDeque<>();
    private final List<AlertChannel> channels = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "alerts");
    private volatile boolean closing;

    private Alerts(final String iqn) {
        this.iqn = iqn;
    }

    /** @param iqn of the node that tells. */
    public static Alerts start(final String iqn, final AlertConfig config) {
        return start(iqn, config, BACK_OFF_MS);
    }

    static Alerts start(final String iqn, final AlertConfig config, final long backOffMs) {
        final Alerts alerts = new Alerts(iqn);
        if (config.command() != null) {
            // Once: nobody knows what a program that failed has done already.
            alerts.channels.add(new AlertChannel("command", new CommandHook(config.command()), 1, backOffMs));
        }
        if (config.webhook() != null) {
            alerts.channels.add(new AlertChannel("webhook", new Webhook(config.webhook()), TRIES, backOffMs));
        }
        if (config.mail() != null) {
            alerts.channels.add(new AlertChannel("smtp", new Mail(config.mail()), TRIES, backOffMs));
        }
        alerts.thread.setDaemon(true);
        alerts.thread.start();
        return alerts;
    }

    /** Any thread; it never waits. An event that finds the queue full is counted and logged. */
    @Override
    public void onEvent(final PairEvent event) {
        if (events.offer(event)) {
            LockSupport.unpark(thread);
        } else if (Long.bitCount(lost.incrementAndGet()) == 1) {
            LOG.error("Too many events at once; lost: {}", event);
        }
    }

    /**
     * As it stands in JSON.
     *
     * @param active   what lasts.
     * @param recent   the last ones that were told, the newest last.
     * @param channels what became of them.
     * @param lost     events that came faster than they could be told.
     */
    public record View(List<Alert> active, List<Alert> recent, List<AlertChannel.Counts> channels, long lost) {
    }

    /** Any thread. */
    public View view() {
        synchronized (recent) {
            return new View(active.list(), List.copyOf(recent),
                channels.stream().map(AlertChannel::counts).toList(), lost.get());
        }
    }

    /** What was handed over before is told, as far as a few seconds allow. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channels.forEach(AlertChannel::stop);
        channels.forEach(AlertChannel::close);
    }

    private void run() {
        while (true) {
            // Asked before the queue is drained: what came before it closed is told.
            final boolean last = closing;
            for (PairEvent event = events.poll(); event != null; event = events.poll()) {
                tell(event);
            }
            if (last) {
                return;
            }
            LockSupport.parkNanos(this, LOOK_NS);
        }
    }

    private void tell(final PairEvent event) {
        final Alert alert = alert(event);
        synchronized (recent) {
            if (!active.take(event.kind(), alert)) {
                return;
            }
            recent.add(alert);
            if (recent.size() > REMEMBERED) {
                recent.remove();
            }
        }
        LOG.warn("{} {}: {}. At risk: {}. What to do: {}",
            alert.pair(), alert.event(), alert.what(), alert.atRisk(), alert.whatToDo());
        channels.forEach(channel -> channel.file(alert));
    }

    private Alert alert(final PairEvent event) {
        final Instant now = Instant.now();
        final Instant since = now.minusNanos(System.nanoTime() - event.sinceNs());
        return new Alert(event.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'), iqn, event.pair(), utc(now),
            utc(since), event.what(), event.atRisk(), event.whatToDo());
    }

    private static String utc(final Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
