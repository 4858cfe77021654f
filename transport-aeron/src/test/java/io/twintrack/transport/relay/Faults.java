package io.twintrack.transport.relay;

import java.nio.ByteBuffer;
import java.util.function.Predicate;

/**
 * What goes wrong on one direction of a {@link DatagramRelay}. Probabilities are 0 to 1 and drawn per datagram from
 * the relay's seed. Any thread may change them at any time.
 */
public final class Faults {
    private static final Predicate<ByteBuffer> NOTHING = datagram -> false;

    volatile double drop;
    volatile double repeat;
    volatile double delay;
    volatile long maxDelayNs = 2_000_000;
    volatile double reorder;
    volatile double corruptHeader;
    volatile double corruptPayload;
    volatile double corruptAny;
    volatile double truncate;
    volatile long latencyNs;
    volatile long bytesPerSecond;
    volatile boolean cut;
    volatile Predicate<ByteBuffer> filter = NOTHING;

    public Faults drop(final double probability) {
        drop = probability;
        return this;
    }

    /** Sent twice. */
    public Faults repeat(final double probability) {
        repeat = probability;
        return this;
    }

    /** Sent after a random time up to {@code maxDelayNs}, while later ones overtake it. */
    public Faults delay(final double probability, final long maxDelayNs) {
        this.maxDelayNs = maxDelayNs;
        delay = probability;
        return this;
    }

    /** Changes places with the next one. */
    public Faults reorder(final double probability) {
        reorder = probability;
        return this;
    }

    /** One to four bits in the first 32 bytes are flipped. */
    public Faults corruptHeader(final double probability) {
        corruptHeader = probability;
        return this;
    }

    /** One to four bits behind the first 32 bytes are flipped. */
    public Faults corruptPayload(final double probability) {
        corruptPayload = probability;
        return this;
    }

    /** One to four bits anywhere are flipped. */
    public Faults corruptAny(final double probability) {
        corruptAny = probability;
        return this;
    }

    /** A random part of the end is lost. */
    public Faults truncate(final double probability) {
        truncate = probability;
        return this;
    }

    /** Every datagram takes so much longer, in order. */
    public Faults latency(final long latencyNs) {
        this.latencyNs = latencyNs;
        return this;
    }

    /** Bandwidth; what would wait for more than 200 ms is lost. 0: no limit. */
    public Faults bandwidth(final long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
        return this;
    }

    /** Nothing passes. */
    public Faults cut(final boolean cut) {
        this.cut = cut;
        return this;
    }

    /** Drops what the predicate says. It runs on the relay's thread and leaves the buffer as it was. */
    public Faults filter(final Predicate<ByteBuffer> filter) {
        this.filter = filter;
        return this;
    }

    /** Everything passes again. */
    public Faults heal() {
        filter = NOTHING;
        drop = 0;
        repeat = 0;
        delay = 0;
        reorder = 0;
        corruptHeader = 0;
        corruptPayload = 0;
        corruptAny = 0;
        truncate = 0;
        latencyNs = 0;
        bytesPerSecond = 0;
        cut = false;
        return this;
    }
}
