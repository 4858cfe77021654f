package io.twintrack.engine.sim;

import io.twintrack.engine.pair.VerifyStatus;
import java.util.BitSet;

/**
 * At the end of a run, with both sides in step and nothing on its way: verify reports all that differs and nothing
 * else, and repair leaves what the good side holds.
 */
final class Comparison {
    /** Verify reports in parts of this length. */
    private static final int PART = 4096;
    private static final long LOOK_NS = 50 * SimClock.MILLI;
    private static final long BOUND_NS = 60 * SimClock.SECOND;

    private static final int MOST_TRIES = 3;

    private final World world;
    private final SimNode primary;
    private final int size;
    /** Sectors whose rot a resync spread: equal, and not for a repair to mend. */
    private final BitSet spread = new BitSet();

    Comparison(final World world) {
        this.world = world;
        primary = world.nodes[world.inStepPrimary()];
        size = (int) primary.pair().size();
    }

    void run() {
        awaitEnd();
        // The end of the run may have broken a session a moment ago, which nobody has noticed yet.
        int tries = 0;
        do {
            world.command(primary, Step.Kind.VERIFY);
            awaitEnd();
        } while (++tries < MOST_TRIES && !isComplete());
        final BitSet parts = differingParts();
        final VerifyStatus found = status();
        if (!isComplete() || !parts.equals(reported(found))) {
            throw new Broken(Guarantee.ROT_IS_FOUND, "parts of 4 KiB that differ: " + parts + ", verify reports "
                + found + "; " + world.oracles.describe());
        }
        if (found.differences() > 0) {
            repair(parts);
        }
    }

    private void repair(final BitSet parts) {
        world.coverage.count("rotten parts found by verify", parts.cardinality());
        world.command(primary, Step.Kind.REPAIR);
        awaitEnd();
        final int difference = world.rot.firstDifference(0, size);
        if (difference >= 0 || parts.stream().anyMatch(this::isRotten)) {
            throw new Broken(Guarantee.ROT_IS_FOUND, "after the repair of parts " + parts + " byte " + difference
                + " differs, " + status() + "; " + world.oracles.describe());
        }
    }

    private boolean isRotten(final int part) {
        for (int at = part * PART; at < (part + 1) * PART; at += Stamp.SECTOR) {
            if (!spread.get(at / Stamp.SECTOR) && world.rot.isSeen(at / Stamp.SECTOR)) {
                return true;
            }
        }
        return false;
    }

    private BitSet differingParts() {
        final BitSet parts = new BitSet();
        for (int at = 0; at < size; at += Stamp.SECTOR) {
            if (world.rot.firstDifference(at, at + Stamp.SECTOR) >= 0) {
                parts.set(at / PART);
            } else {
                spread.set(at / Stamp.SECTOR, world.rot.isSeen(at / Stamp.SECTOR));
            }
        }
        return parts;
    }

    private static BitSet reported(final VerifyStatus found) {
        final BitSet parts = new BitSet();
        for (final VerifyStatus.Range range : found.ranges()) {
            parts.set((int) (range.offset() / PART), (int) ((range.offset() + range.length() + PART - 1) / PART));
        }
        return parts;
    }

    private VerifyStatus status() {
        return primary.pair().commands().status(primary.clock.nowNs()).verify();
    }

    private boolean isComplete() {
        return status() != null && status().complete();
    }

    private void awaitEnd() {
        final long endNs = world.clock.nowNs() + BOUND_NS;
        while (world.isCommandPending(primary) || status() != null && status().running() || !primary.data.isIdle()
            || !world.nodes[1 - primary.index].data.isIdle()) {
            if (world.clock.nowNs() > endNs) {
                throw new Broken(Guarantee.NO_HANG, "verify or repair does not end; " + world.oracles.describe());
            }
            world.pass(LOOK_NS);
        }
    }
}
