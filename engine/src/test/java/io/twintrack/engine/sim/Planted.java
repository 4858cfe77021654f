package io.twintrack.engine.sim;

import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.port.BlockDevice;
import java.util.List;

/**
 * A defect on purpose: each one stands for what a wrong line of Twintrack would do, and the simulator has to find it.
 * Those that lie about disks and frames do so between the production code and its ports.
 */
enum Planted {
    NONE,
    /** The intent log is skipped. */
    SKIPPED_INTENT(PlantedDisk.Lie.NO_INTENT_WRITES, null, Guarantee.INTENT_BEFORE_DATA),
    /** Changed tracks are cleared early: they never reach the disk. */
    SKIPPED_TRACKS(PlantedDisk.Lie.NO_TRACK_WRITES, null, Guarantee.DIVERGENCE_BEFORE_ANSWER),
    /** A change of state counts before it is durable. */
    SKIPPED_SUPERBLOCK(PlantedDisk.Lie.NO_SUPERBLOCK_WRITES, null,
        Guarantee.TWO_SUPERBLOCKS, Guarantee.DIVERGENCE_BEFORE_ANSWER),
    /** The record is written and never flushed. */
    VOLATILE_RECORD(PlantedDisk.Lie.NOTHING_DURABLE, null, Guarantee.TWO_SUPERBLOCKS),
    /** A failed metadata write is ignored. */
    IGNORED_METADATA_ERROR(PlantedDisk.Lie.ERRORS_IGNORED, null, Guarantee.TWO_SUPERBLOCKS),
    /** The superblock of the last start is loaded as if it were current. */
    OLD_SUPERBLOCK(Guarantee.TWO_SUPERBLOCKS),
    /** Flushes and durable writes of the volume's disk do not reach the medium: marks are cleared too early. */
    NO_DATA_FLUSH(null, PlantedDisk.Lie.NOTHING_DURABLE, Guarantee.UNSTABLE_UNTIL_FLUSHED),
    /** A failed write of data is ignored. */
    IGNORED_DATA_ERROR(null, PlantedDisk.Lie.ERRORS_IGNORED, Guarantee.ACKED_ON_BOTH),
    /** A write is acknowledged that nobody carries out. */
    LOST_WRITES(null, PlantedDisk.Lie.LOST_WRITES, Guarantee.ACKED_ON_BOTH),
    MISDIRECTED_WRITES(null, PlantedDisk.Lie.MISDIRECTED_WRITES, Guarantee.ACKED_ON_BOTH),
    TORN_WRITES(null, PlantedDisk.Lie.TORN_WRITES, Guarantee.ACKED_ON_BOTH),
    /** A write is acknowledged before the disk has it. */
    EARLY_COMPLETION(null, PlantedDisk.Lie.EARLY_COMPLETION, Guarantee.ACKED_ON_BOTH),
    /** Two overlapping writes change places on one side. */
    SWAPPED_WRITES(null, PlantedDisk.Lie.SWAPPED_WRITES, Guarantee.ONE_ORDER),
    NO_ZEROING(null, PlantedDisk.Lie.NO_ZEROING, Guarantee.TRIM_READS_ZERO, Guarantee.CLEAR_LATE),
    ZEROING_WITHOUT_EDGES(null, PlantedDisk.Lie.ZEROING_WITHOUT_EDGES, Guarantee.TRIM_READS_ZERO, Guarantee.CLEAR_LATE),
    /** Acknowledged but not flushed counts as equal after a loss of power. */
    SAME_LIFE(Forger.Lie.SAME_LIFE, Guarantee.UP_TO_DATE_IS_EQUAL, Guarantee.CLEAR_LATE),
    /** The primary is the source, whichever side lost its caches. */
    OTHER_LIFE(Forger.Lie.OTHER_LIFE, Guarantee.DATA_WIN),
    /** Generation ids are compared the wrong way round. */
    SWAPPED_GENERATIONS(Forger.Lie.SWAPPED_GENERATIONS, Guarantee.HEALS),
    /** The target's marks are left out of the union. */
    EMPTY_TRACKS(Forger.Lie.EMPTY_TRACKS, Guarantee.UP_TO_DATE_IS_EQUAL, Guarantee.CLEAR_LATE),
    /** Two different ranges have the same hash. */
    ALWAYS_EQUAL(Forger.Lie.ALWAYS_EQUAL, Guarantee.CLEAR_LATE),
    /** The duplicate window is forgotten. */
    FORGOTTEN_DUPLICATE(Forger.Lie.FORGOTTEN_DUPLICATE, Guarantee.NO_GHOSTS),
    /** A frame of an old session is accepted. */
    OLD_SESSION(Forger.Lie.OLD_SESSION, Guarantee.NO_GHOSTS),
    /** A payload's checksum is not looked at. */
    UNSEEN_DAMAGE(Forger.Lie.UNSEEN_DAMAGE,
        Guarantee.ACKED_ON_BOTH, Guarantee.CLEAR_LATE, Guarantee.UP_TO_DATE_IS_EQUAL),
    /** A restarted primary serves without asking. */
    SERVES_WITHOUT_ASKING(Guarantee.DATA_WIN),
    /** A disk is not known again: another one in its place passes for it. */
    UNKNOWN_DISK(Guarantee.RESYNC_COPIES_ALL, Guarantee.UP_TO_DATE_IS_EQUAL),
    /** What a volume has grown by is not marked. */
    UNMARKED_GROWTH(Guarantee.UP_TO_DATE_IS_EQUAL),
    /** Clients see a volume grow before the other side has. */
    EARLY_GROWTH(Guarantee.SMALLER_SIZE),
    /** Repair copies from the other side. */
    WRONG_REPAIR(Guarantee.ROT_IS_FOUND),
    /** A pair that was severed because the other side was away counts as severed by command. */
    SEVERED_FOR_GOOD(Guarantee.HEALS),
    /** Changed tracks that were cleared in memory count as behind a flush that never was. */
    CLEARED_WITHOUT_FLUSH(Guarantee.CLEAR_LATE),
    /** Regions are retired behind a flush that never was. */
    RETIRED_WITHOUT_FLUSH(Guarantee.CLEAR_LATE, Guarantee.DIVERGENCE_BEFORE_ANSWER),
    /** A primary that goes on alone does not mark what it writes. */
    FORGOTTEN_WHEN_ALONE(Guarantee.CLEAR_LATE, Guarantee.DIVERGENCE_BEFORE_ANSWER, Guarantee.UP_TO_DATE_IS_EQUAL),
    /** The other side's marks are left out of what it tells at the begin. */
    NO_MARKS(Forger.Lie.NO_MARKS, Guarantee.UP_TO_DATE_IS_EQUAL, Guarantee.CLEAR_LATE),
    /** Mode local: a flush does not reach this side's medium. */
    LOCAL_FLUSH_SKIPPED(null, PlantedDisk.Lie.NO_FLUSH, Guarantee.UNSTABLE_UNTIL_FLUSHED),
    /** Mode local: a write is answered that this side's disk does not have. */
    LOCAL_WRITES_LOST(null, PlantedDisk.Lie.LOST_WRITES, Guarantee.ACKED_ON_BOTH),
    /** Mode memory: the other side says that it holds a frame whose bytes were damaged. */
    HELD_DAMAGED(Forger.Lie.UNSEEN_DAMAGE, Guarantee.ACKED_ON_BOTH, Guarantee.CLEAR_LATE),
    /** Mode memory: what was held does not reach the disk. */
    HELD_NOT_WRITTEN(null, PlantedDisk.Lie.LOST_WRITES, Guarantee.ACKED_ON_BOTH);

    private final PlantedDisk.Lie metadata;
    private final PlantedDisk.Lie data;
    private final Forger.Lie forger;
    private final List<Guarantee> breaks;

    Planted(final Guarantee... breaks) {
        this(null, null, null, breaks);
    }

    Planted(final Forger.Lie forger, final Guarantee... breaks) {
        this(null, null, forger, breaks);
    }

    Planted(final PlantedDisk.Lie metadata, final PlantedDisk.Lie data, final Guarantee... breaks) {
        this(metadata, data, null, breaks);
    }

    Planted(
        final PlantedDisk.Lie metadata, final PlantedDisk.Lie data, final Forger.Lie forger,
        final Guarantee... breaks) {
        this.metadata = metadata;
        this.data = data;
        this.forger = forger;
        this.breaks = List.of(breaks);
    }

    /** @return whether this guarantee is one that it stands against. */
    boolean breaks(final Guarantee guarantee) {
        return breaks.contains(guarantee);
    }

    /** What only maintenance or a mode shows is looked for among the seeds that have it. */
    long seed(final long i) {
        return switch (this) {
            case UNKNOWN_DISK, UNMARKED_GROWTH, EARLY_GROWTH, WRONG_REPAIR -> FaultPlan.maintenanceSeed(i);
            case LOCAL_FLUSH_SKIPPED, LOCAL_WRITES_LOST -> FaultPlan.seed(Mode.LOCAL, i);
            case HELD_DAMAGED, HELD_NOT_WRITTEN -> FaultPlan.seed(Mode.MEMORY, i);
            default -> 1 + i;
        };
    }

    BlockDevice metadata(final SimDisk disk) {
        return metadata == null ? disk : new PlantedDisk(disk, metadata);
    }

    BlockDevice data(final SimDisk disk) {
        return data == null ? disk : new PlantedDisk(disk, data);
    }

    /** @return null for an honest one. */
    Forger forger() {
        return forger == null ? null : new Forger(forger);
    }
}
