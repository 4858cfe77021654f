package io.twintrack.engine.sim;

import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.port.BlockDevice;

/**
 * A defect on purpose: each one stands for what a wrong line of Twintrack would do, and the simulator has to find it.
 * Those that lie about disks and frames do so between the production code and its ports.
 */
enum Planted {
    NONE,
    /** The intent log is skipped. */
    SKIPPED_INTENT(PlantedDisk.Lie.NO_INTENT_WRITES, null),
    /** Changed tracks are cleared early: they never reach the disk. */
    SKIPPED_TRACKS(PlantedDisk.Lie.NO_TRACK_WRITES, null),
    /** A change of state counts before it is durable. */
    SKIPPED_SUPERBLOCK(PlantedDisk.Lie.NO_SUPERBLOCK_WRITES, null),
    /** The record is written and never flushed. */
    VOLATILE_RECORD(PlantedDisk.Lie.NOTHING_DURABLE, null),
    /** A failed metadata write is ignored. */
    IGNORED_METADATA_ERROR(PlantedDisk.Lie.ERRORS_IGNORED, null),
    /** The superblock of the last start is loaded as if it were current. */
    OLD_SUPERBLOCK,
    /** Flushes and durable writes of the volume's disk do not reach the medium: marks are cleared too early. */
    NO_DATA_FLUSH(null, PlantedDisk.Lie.NOTHING_DURABLE),
    /** A failed write of data is ignored. */
    IGNORED_DATA_ERROR(null, PlantedDisk.Lie.ERRORS_IGNORED),
    /** A write is acknowledged that nobody carries out. */
    LOST_WRITES(null, PlantedDisk.Lie.LOST_WRITES),
    MISDIRECTED_WRITES(null, PlantedDisk.Lie.MISDIRECTED_WRITES),
    TORN_WRITES(null, PlantedDisk.Lie.TORN_WRITES),
    /** A write is acknowledged before the disk has it. */
    EARLY_COMPLETION(null, PlantedDisk.Lie.EARLY_COMPLETION),
    /** Two overlapping writes change places on one side. */
    SWAPPED_WRITES(null, PlantedDisk.Lie.SWAPPED_WRITES),
    NO_ZEROING(null, PlantedDisk.Lie.NO_ZEROING),
    ZEROING_WITHOUT_EDGES(null, PlantedDisk.Lie.ZEROING_WITHOUT_EDGES),
    /** Acknowledged but not flushed counts as equal after a loss of power. */
    SAME_LIFE(Forger.Lie.SAME_LIFE),
    /** The primary is the source, whichever side lost its caches. */
    OTHER_LIFE(Forger.Lie.OTHER_LIFE),
    /** Generation ids are compared the wrong way round. */
    SWAPPED_GENERATIONS(Forger.Lie.SWAPPED_GENERATIONS),
    /** The target's marks are left out of the union. */
    EMPTY_TRACKS(Forger.Lie.EMPTY_TRACKS),
    /** Two different ranges have the same hash. */
    ALWAYS_EQUAL(Forger.Lie.ALWAYS_EQUAL),
    /** The duplicate window is forgotten. */
    FORGOTTEN_DUPLICATE(Forger.Lie.FORGOTTEN_DUPLICATE),
    /** A frame of an old session is accepted. */
    OLD_SESSION(Forger.Lie.OLD_SESSION),
    /** A payload's checksum is not looked at. */
    UNSEEN_DAMAGE(Forger.Lie.UNSEEN_DAMAGE),
    /** A restarted primary serves without asking. */
    SERVES_WITHOUT_ASKING,
    /** A disk is not known again: another one in its place passes for it. */
    UNKNOWN_DISK,
    /** What a volume has grown by is not marked. */
    UNMARKED_GROWTH,
    /** Clients see a volume grow before the other side has. */
    EARLY_GROWTH,
    /** Repair copies from the other side. */
    WRONG_REPAIR,
    /** A pair that was severed because the other side was away counts as severed by command. */
    SEVERED_FOR_GOOD,
    /** Changed tracks that were cleared in memory count as behind a flush that never was. */
    CLEARED_WITHOUT_FLUSH,
    /** Regions are retired behind a flush that never was. */
    RETIRED_WITHOUT_FLUSH,
    /** A primary that goes on alone does not mark what it writes. */
    FORGOTTEN_WHEN_ALONE,
    /** The other side's marks are left out of what it tells at the begin. */
    NO_MARKS(Forger.Lie.NO_MARKS),
    /** Mode local: a flush does not reach this side's medium. */
    LOCAL_FLUSH_SKIPPED(null, PlantedDisk.Lie.NO_FLUSH),
    /** Mode local: a write is answered that this side's disk does not have. */
    LOCAL_WRITES_LOST(null, PlantedDisk.Lie.LOST_WRITES),
    /** Mode memory: the other side says that it holds a frame whose bytes were damaged. */
    HELD_DAMAGED(Forger.Lie.UNSEEN_DAMAGE),
    /** Mode memory: what was held does not reach the disk. */
    HELD_NOT_WRITTEN(null, PlantedDisk.Lie.LOST_WRITES);

    private final PlantedDisk.Lie metadata;
    private final PlantedDisk.Lie data;
    private final Forger.Lie forger;

    Planted() {
        this(null, null, null);
    }

    Planted(final Forger.Lie forger) {
        this(null, null, forger);
    }

    Planted(final PlantedDisk.Lie metadata, final PlantedDisk.Lie data) {
        this(metadata, data, null);
    }

    Planted(final PlantedDisk.Lie metadata, final PlantedDisk.Lie data, final Forger.Lie forger) {
        this.metadata = metadata;
        this.data = data;
        this.forger = forger;
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
