package io.twintrack.engine.sim;

import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/** The wire between both nodes: its two ends, what it does to frames, and when an end notices that it is cut. */
final class SimWire {
    final SimLink[] ends;
    final SimClock clock;
    final Random random;
    final EventLog log;
    /** In 1/1000 of all frames. */
    int loss;
    int repetition;
    int reorder;
    int damage;
    int slowness = 1;
    /** Bytes in a millisecond, each way; 0: without limit. */
    int bandwidth;
    /** Frames that this end sends do not arrive. */
    final boolean[] cut = new boolean[2];
    final boolean[] alive = new boolean[2];
    final Forger[] forgers = new Forger[2];
    private final long[] downSinceNs = {Long.MAX_VALUE, Long.MAX_VALUE};
    private final long[] noticeNs = new long[2];
    private long upSinceNs;
    private long upAfterNs;

    long lost;
    long repeated;
    long reordered;
    long damaged;
    /** Frames that waited for others to leave. */
    long throttled;

    SimWire(final boolean largeFrames, final SimClock clock, final Random random, final EventLog log) {
        this.clock = clock;
        this.random = random;
        this.log = log;
        ends = new SimLink[] {new SimLink(0, this, largeFrames), new SimLink(1, this, largeFrames)};
    }

    void heal() {
        loss = 0;
        repetition = 0;
        reorder = 0;
        damage = 0;
        slowness = 1;
        bandwidth = 0;
        cut[0] = false;
        cut[1] = false;
    }

    /** It is as good as it can be. */
    boolean isWhole() {
        return loss == 0 && repetition == 0 && reorder == 0 && damage == 0 && slowness == 1 && bandwidth == 0
            && !cut[0] && !cut[1] && ends[0].isWanted() && ends[1].isWanted();
    }

    /** @return how long a frame of this length takes to leave. */
    long leavingNs(final int length) {
        return bandwidth == 0 ? 0 : SimClock.MILLI * length / bandwidth;
    }

    boolean happens(final int perMille) {
        return perMille > 0 && random.nextInt(1000) < perMille;
    }

    long delayNs() {
        return (5 + random.nextInt(100)) * SimClock.MICRO * slowness;
    }

    void damage(final UnsafeBuffer frame) {
        damaged++;
        final int at = random.nextInt(frame.capacity());
        frame.putByte(at, (byte) (frame.getByte(at) ^ 1 << random.nextInt(8)));
    }

    /** One end loses the other for a moment, and nobody knows why. */
    void blip(final int end) {
        ends[end].wanted(false);
    }

    /** Each end sees after a while that the other one is gone, or there. */
    void tick() {
        final boolean whole = alive[0] && alive[1] && !cut[0] && !cut[1];
        for (int end = 0; end < 2; end++) {
            if (whole) {
                downSinceNs[end] = Long.MAX_VALUE;
            } else if (downSinceNs[end] == Long.MAX_VALUE) {
                downSinceNs[end] = clock.nowNs();
                noticeNs[end] = random.nextInt(2000) * SimClock.MILLI / 4;
            } else if (ends[end].isWanted() && clock.nowNs() - downSinceNs[end] >= noticeNs[end]) {
                ends[end].wanted(false);
            }
        }
        final boolean apart = !ends[0].isWanted() || !ends[1].isWanted();
        if (!whole || !apart) {
            upSinceNs = clock.nowNs();
            upAfterNs = random.nextInt(20) * SimClock.MILLI;
        } else if (clock.nowNs() - upSinceNs >= upAfterNs) {
            ends[0].wanted(true);
            ends[1].wanted(true);
        }
    }

    long nextDueNs() {
        return Math.min(ends[0].nextDueNs(), ends[1].nextDueNs());
    }
}
