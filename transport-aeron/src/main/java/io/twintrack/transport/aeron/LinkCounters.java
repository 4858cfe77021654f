package io.twintrack.transport.aeron;

import java.util.concurrent.atomic.AtomicLongArray;

/** The counters of one link. The HBA's thread writes, any thread reads; a reader sees each value late, never torn. */
public final class LinkCounters {
    private final AtomicLongArray values = new AtomicLongArray(LinkCounter.values().length);

    public long get(final LinkCounter counter) {
        return values.getOpaque(counter.ordinal());
    }

    void increment(final LinkCounter counter) {
        add(counter, 1);
    }

    /** One writer: a plain add and an opaque store are enough. */
    void add(final LinkCounter counter, final int amount) {
        values.setOpaque(counter.ordinal(), values.getPlain(counter.ordinal()) + amount);
    }

    /** @return datagrams dropped for any reason. */
    public long datagramsDropped() {
        return get(LinkCounter.DROPPED_TOO_SHORT) + get(LinkCounter.DROPPED_MALFORMED)
            + get(LinkCounter.DROPPED_CHECKSUM) + get(LinkCounter.DROPPED_OUT_OF_TERM);
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (final LinkCounter counter : LinkCounter.values()) {
            if (get(counter) != 0) {
                text.append(text.length() == 0 ? "" : ", ")
                    .append(counter.description()).append(": ").append(get(counter));
            }
        }
        return text.toString();
    }
}
