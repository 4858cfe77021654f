package io.twintrack.engine.sim;

/**
 * One thing that the plan does, after a pause. A step that does not fit what is there when its time comes does nothing,
 * so that any part of a plan is a plan.
 *
 * @param pauseNs before it.
 * @param node    0 or 1, where it has one.
 * @param value   what the kind makes of it.
 */
record Step(Kind kind, long pauseNs, int node, long value) {
    /**
     * From {@link #REPLACE_DISK} on: maintenance, that not every plan has, see {@link FaultPlan#hasMaintenance}; from
     * {@link #FAIL_METADATA_READS} on: see {@link FaultPlan#hasMoreFaults}.
     */
    enum Kind {
        WRITE, WRITE_DURABLE, READ, FLUSH, TRIM, ZERO, ATTACH, DETACH,
        CRASH, LOSE_POWER, LOSE_POWER_BOTH, STOP, START,
        CUT, CUT_ONE_WAY, MEND_WIRE, BLIP, LOSS, REPETITION, REORDER, DAMAGE, SLOW_WIRE,
        SLOW_DISK, FAIL_READS, FAIL_WRITES, FAIL_FLUSHES, FAIL_METADATA, MEND_DISKS,
        SEVER, REESTABLISH, KEEP_LOCAL, KEEP_PEER, PROMOTE, FORCE_PROMOTE, DEMOTE, VERIFY, PAUSE,
        REPLACE_DISK, ACCEPT_DISK, RESIZE, DECAY, REPAIR,
        FAIL_METADATA_READS, FAIL_METADATA_FLUSHES, FAIL_ONCE, BAD_SECTOR, MISDIRECT, BANDWIDTH, CLOCK_JUMP
    }

    @Override
    public String toString() {
        return kind + " node " + node + " value " + value + " after " + pauseNs / SimClock.MICRO + " us";
    }
}
