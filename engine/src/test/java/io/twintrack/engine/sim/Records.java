package io.twintrack.engine.sim;

import io.twintrack.engine.metadata.ChangedTracks;
import io.twintrack.engine.metadata.DurableRecord;
import io.twintrack.engine.metadata.IntentLog;
import io.twintrack.engine.metadata.MetadataLayout;
import io.twintrack.engine.metadata.Superblock;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.pair.SideState;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What the two metadata disks would say after a loss of power now, beside what the data disks hold: guarantees 3, 5, 6
 * and 12.
 */
final class Records {
    private final World world;
    private final DurableRecord[] records = new DurableRecord[2];
    /** The state of the metadata disk of which the marks were read. */
    private final long[] readAt = {-1, -1};
    private final long[] sequences = new long[2];

    Records(final World world) {
        this.world = world;
        for (final SimNode node : world.nodes) {
            records[node.index] = new DurableRecord(
                new MetadataLayout(node.data.size(), SimNode.TRACK_SIZE));
        }
    }

    void onStarted(final SimNode node) {
        sequences[node.index] = node.known.sequence;
        final Superblock durable = records[node.index].superblock(node.metadata.stable());
        if (durable == null || durable.sequence != node.known.sequence) {
            throw new Broken(Guarantee.TWO_SUPERBLOCKS, "node " + node.index + " begins with change "
                + node.known.sequence + " of its superblock, which lies in its disk's cache alone");
        }
    }

    /** After a duty cycle: a change that counts stands on the disk twice. */
    void afterCycle(final SimNode node) {
        if (node.known.sequence == sequences[node.index]) {
            return;
        }
        sequences[node.index] = node.known.sequence;
        if (!records[node.index].isTwice(node.metadata.stable(), node.known.sequence)) {
            throw new Broken(Guarantee.TWO_SUPERBLOCKS, "node " + node.index + " goes by change " + node.known.sequence
                + " of its superblock, and not both copies are durable; " + world.oracles.describe());
        }
    }

    private DurableRecord marks(final SimNode node) {
        final DurableRecord record = records[node.index];
        if (readAt[node.index] != node.metadata.version()) {
            readAt[node.index] = node.metadata.version();
            record.readMarks(node.metadata.stable(), node.known);
        }
        return record;
    }

    /** Between two steps of the plan. @param primary of two that are in step, or -1. */
    void look(final int primary) {
        if (primary >= 0) {
            cachedIsMarked(world.nodes[primary]);
        } else if (world.isMetByMarks()) {
            copiedIsMarked();
        }
        differencesAreMarked();
    }

    /** What one loss of power takes from one side must be looked for, whoever else loses power with it. */
    private void cachedIsMarked(final SimNode primary) {
        final DurableRecord marks = marks(primary);
        for (final SimNode node : world.nodes) {
            node.data.forEachCached((offset, length) -> {
                // What a volume shrank by is nobody's any more.
                final int inside = (int) Math.min(length, primary.known.volumeSize - offset);
                if (inside > 0 && !world.rot.mayBeRepaired(offset, length) && !marks.isMarked(offset, inside)) {
                    throw new Broken(isInMemory(primary, offset, inside) ? Guarantee.CLEAR_LATE
                        : Guarantee.UNSTABLE_UNTIL_FLUSHED, "node " + node.index + " holds " + length + " bytes at "
                            + offset + " in its cache alone, and no mark is durable; " + world.oracles.describe());
                }
            });
        }
    }

    /** What was copied, and lies in a cache alone, is marked durably on one side: the source may lose its memory. */
    private void copiedIsMarked() {
        final DurableRecord first = marks(world.nodes[0]);
        final DurableRecord second = marks(world.nodes[1]);
        final long size = Math.min(world.nodes[0].known.volumeSize, world.nodes[1].known.volumeSize);
        for (final SimNode node : world.nodes) {
            node.data.forEachCached((offset, length) -> {
                for (long at = offset; at < Math.min(size, offset + length); at += Stamp.SECTOR) {
                    if (!first.isMarked(at, Stamp.SECTOR) && !second.isMarked(at, Stamp.SECTOR)
                        && !world.rot.mayBeRepaired((int) at, Stamp.SECTOR)) {
                        throw new Broken(Guarantee.CLEAR_LATE, "node " + node.index + " holds the sector at " + at
                            + " in its cache alone, and no mark is durable; " + world.oracles.describe());
                    }
                }
            });
        }
    }

    private static boolean isInMemory(final SimNode node, final int offset, final int length) {
        final IntentLog intent = node.store().intent();
        final ChangedTracks tracks = node.store().tracks();
        for (int at = offset & -SimNode.TRACK_SIZE; at < offset + length; at += SimNode.TRACK_SIZE) {
            if (!intent.isMarked(at, 1) && !tracks.isMarked(at, 1)) {
                return false;
            }
        }
        return true;
    }

    /** As long as the two sides would come together by their marks, these name every place where they differ. */
    private void differencesAreMarked() {
        if (!world.isMetByMarks()) {
            return;
        }
        final DurableRecord first = marks(world.nodes[0]);
        final DurableRecord second = marks(world.nodes[1]);
        final BitSet touched = world.history.touched();
        int next = 0;
        for (int sector = touched.nextSetBit(0); sector >= 0; sector = touched.nextSetBit(next)) {
            final int at = sector * Stamp.SECTOR;
            final boolean isMarked = first.isMarked(at, Stamp.SECTOR) || second.isMarked(at, Stamp.SECTOR);
            // Marks are of whole tracks.
            next = isMarked ? (at / SimNode.TRACK_SIZE + 1) * (SimNode.TRACK_SIZE / Stamp.SECTOR) : sector + 1;
            if (!isMarked && differs(at) && !world.rot.isSeen(sector)) {
                throw new Broken(isOneAlone() ? Guarantee.DIVERGENCE_BEFORE_ANSWER : Guarantee.CLEAR_LATE,
                    "no durable mark where both sides differ: " + world.history.describe(sector) + "; "
                        + world.oracles.describe());
            }
        }
    }

    private boolean isOneAlone() {
        return isAlone(world.nodes[0].known) || isAlone(world.nodes[1].known);
    }

    private static boolean isAlone(final Superblock side) {
        return side.severedBy != SeveredBy.NONE;
    }

    private boolean differs(final int at) {
        return !Arrays.equals(world.nodes[0].data.current().byteArray(), at, at + Stamp.SECTOR,
            world.nodes[1].data.current().byteArray(), at, at + Stamp.SECTOR);
    }

    /** A change was answered, and the pair counts on this side alone. */
    void onAnsweredAlone(final SimNode side, final int from, final int to) {
        final Superblock record = records[side.index].superblock(side.metadata.stable());
        final boolean isToldApart = record != null && !isInStep(record)
            && !isSameGeneration(record, world.nodes[1 - side.index].known);
        if (!isToldApart && !isFilling(side)) {
            throw new Broken(Guarantee.DIVERGENCE_BEFORE_ANSWER, "node " + side.index
                + " has a change alone, and its record does not say so; " + world.oracles.describe());
        }
        // Of a side whose peer failed nothing is ever brought together by marks.
        if ((record == null || record.peerSideState != SideState.FAILED)
            && !marks(side).isMarked((long) from * Stamp.SECTOR, (to - from) * Stamp.SECTOR)) {
            throw new Broken(Guarantee.DIVERGENCE_BEFORE_ANSWER, "node " + side.index + " has sectors " + from + " to "
                + to + " alone, and no durable mark; " + world.oracles.describe());
        }
    }

    /** Each change goes to both sides, and the end of the resync may stand on the disk before it counts. */
    private static boolean isFilling(final SimNode node) {
        return node.pair().role() == Role.PRIMARY && node.pair().conduct().usesTarget()
            && node.pair().conduct().isAttached();
    }

    private static boolean isInStep(final Superblock side) {
        return side.peerSideState == SideState.UP_TO_DATE && side.severedBy == SeveredBy.NONE;
    }

    /** The two would be taken for one data set. */
    private static boolean isSameGeneration(final Superblock side, final Superblock other) {
        return side.peerSideState != SideState.INCONSISTENT && other.sideState != SideState.INCONSISTENT
            && side.currentHigh == other.currentHigh && side.currentLow == other.currentLow;
    }

    /** A change was answered with an error: what it left on one side alone is to be copied. */
    void onRefused(final SimNode node, final int from, final int to) {
        if (!world.isMetByMarks()) {
            return;
        }
        final DurableRecord other = marks(world.nodes[1 - node.index]);
        for (int sector = from; sector < to; sector++) {
            final int at = sector * Stamp.SECTOR;
            if (differs(at) && !world.rot.isSeen(sector) && !world.clients[node.index].isWriting(sector)
                && !isInMemory(node, at, Stamp.SECTOR) && !other.isMarked(at, Stamp.SECTOR)) {
                throw new Broken(Guarantee.DIVERGENCE_BEFORE_ANSWER, "a change failed, and is not marked: "
                    + world.history.describe(sector) + "; " + world.oracles.describe());
            }
        }
    }
}
