package io.twintrack.engine.sim;

/** What the simulator holds Twintrack to; the numbers are those of the design's guarantees. */
enum Guarantee {
    ACKED_ON_BOTH("1: what was acknowledged is readable while one of its copies is left"),
    UP_TO_DATE_IS_EQUAL("2: both sides are equal while the pair is UpToDate, but for writes in flight"),
    UNSTABLE_UNTIL_FLUSHED("3: what only a volatile cache holds lies in an active region"),
    INTENT_BEFORE_DATA("4: no write to a region whose mark is not durable"),
    DIVERGENCE_BEFORE_ANSWER("5: no answer of one side alone before a durable record of it"),
    CLEAR_LATE("6: no mark is cleared durably before the bytes under it are stable on both sides"),
    ONE_ORDER("7: overlapping writes reach both disks in one order"),
    NO_GHOSTS("8: nothing of an old session reaches a disk in a new one"),
    RESYNC_COPIES_ALL("9: a side is given up only for one that holds all that it held"),
    DATA_WIN("10: the side with the data is the source"),
    SPLIT_BRAIN_IS_FOUND("11: nothing that one side alone took is overwritten without a command"),
    TWO_SUPERBLOCKS("12: a change of the record counts when it is durable twice, and the record is always readable"),
    EXPLAINED_READS("13: a read returns what some allowed order of writes left there"),
    ROT_IS_FOUND("13: verify reports what differs and nothing else, repair copies it from the side that is named"),
    FAILED_FLUSH("14: a disk that failed a flush is not trusted any more"),
    NO_HANG("15: every request and every command ends"),
    HEALS("15: the pair is in step again when the faults are over; a person helps only where something asks for one"),
    SERVES("15: a pair serves, and a request fails only for a reason that happened"),
    STATES_FOLLOW("states: a pair changes from one state to another only as the table in PairState has it"),
    SMALLER_SIZE("resize: clients see the smaller size until both sides have the other one, and both end with one"),
    NO_FAULT_OF_ITS_OWN("16: bad input ends no duty cycle with an exception"),
    TRIM_READS_ZERO("18: what was trimmed or zeroed last reads as zeros");

    final String text;

    Guarantee(final String text) {
        this.text = text;
    }
}
