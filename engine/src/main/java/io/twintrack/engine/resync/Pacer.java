package io.twintrack.engine.resync;

import java.util.concurrent.TimeUnit;

/**
 * Gives clients precedence. While none is busy, all that the depth allows is on its way. While one is, pieces come in
 * short spells, and after each spell there is rest: from the end of the last piece for three times as long as the spell
 * took. So clients have three quarters of the time for themselves alone, however slow the disks are, and keep at least
 * half of their rate.
 *
 * <pre>
 *   pieces   |=====|            |=====|            |===
 *            spell   rest         spell   rest
 *            ^ 2 ms of starting, until all are done
 * </pre>
 */
final class Pacer {
    /** The most on its way, by number and by bytes; the first piece is allowed whatever its length. */
    static final int DEPTH = 64;
    static final long DEPTH_BYTES = 4L << 20;
    /** Beside busy clients: enough to keep both disks and the link at work, little to wait behind. */
    static final int SHARED_DEPTH = 16;
    static final long SHARED_DEPTH_BYTES = 512L << 10;
    /** Clients count as busy for so long after a request began or ended. */
    static final long BUSY_NS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Pieces are started for so long in one spell. */
    static final long SPELL_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final double REST_PER_SPELL = 3;

    private final PairIo io;
    private final Allowance floor;
    private final Allowance ceiling;
    private final boolean hasFloor;
    private final boolean hasCeiling;
    private long seenRequests;
    private long busyUntilNs;
    private long spellBeganNs;
    private long restUntilNs;
    private boolean busy;
    private boolean inSpell;
    private boolean owed;

    Pacer(final Pacing pacing, final PairIo io, final int longestPiece) {
        this.io = io;
        floor = new Allowance(pacing.floor(), longestPiece);
        ceiling = new Allowance(pacing.ceiling(), longestPiece);
        hasFloor = pacing.floor() > 0;
        hasCeiling = pacing.ceiling() < Long.MAX_VALUE;
    }

    void start(final long nowNs) {
        floor.start(nowNs);
        ceiling.start(nowNs);
        seenRequests = io.clientRequests();
        busyUntilNs = nowNs;
        restUntilNs = nowNs;
        busy = false;
        inSpell = false;
    }

    /** Once in each duty cycle, before pieces are started. @param outstanding pieces on their way. */
    void look(final int outstanding, final long nowNs) {
        final boolean wasBusy = busy;
        final long requests = io.clientRequests();
        if (requests != seenRequests) {
            seenRequests = requests;
            busyUntilNs = nowNs + BUSY_NS;
        }
        busy = busyUntilNs - nowNs > 0;
        if (!busy) {
            inSpell = false;
            restUntilNs = nowNs;
        } else if (inSpell && outstanding == 0) {
            inSpell = false;
            restUntilNs = nowNs + (long) ((nowNs - spellBeganNs) * REST_PER_SPELL);
        } else if (!wasBusy && outstanding > 0) {
            // What is on its way already is a spell's whole work.
            inSpell = true;
            spellBeganNs = nowNs - SPELL_NS;
        }
    }

    /** @return whether a piece of this length may start now; if it does, {@link #started} hears of it. */
    boolean allows(final int length, final Pieces onTheirWay, final long nowNs) {
        if (!fits(length, onTheirWay, DEPTH, DEPTH_BYTES) || hasCeiling && !ceiling.allows(length, nowNs)) {
            return false;
        }
        owed = hasFloor && floor.allows(length, nowNs);
        return owed || !busy || fits(length, onTheirWay, SHARED_DEPTH, SHARED_DEPTH_BYTES) && isSpell(nowNs);
    }

    private static boolean fits(final int length, final Pieces onTheirWay, final int depth, final long depthBytes) {
        final int outstanding = onTheirWay.outstanding();
        return outstanding == 0 || outstanding < depth && onTheirWay.outstandingBytes() + length <= depthBytes;
    }

    private boolean isSpell(final long nowNs) {
        return inSpell ? nowNs - spellBeganNs < SPELL_NS : nowNs - restUntilNs >= 0;
    }

    void started(final int length, final long nowNs) {
        ceiling.use(length);
        floor.use(length);
        if (busy && !owed && !inSpell) {
            inSpell = true;
            spellBeganNs = nowNs;
        }
    }
}
