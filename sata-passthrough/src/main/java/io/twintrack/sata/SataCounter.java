package io.twintrack.sata;

/** What a {@link SataBlockDevice} counts. All only grow. */
public enum SataCounter {
    COMMANDS,
    /** Of them, by NCQ. */
    QUEUED_COMMANDS,
    /** The most commands that the system had at a time. */
    MOST_IN_FLIGHT,
    FLUSHES,
    TRIMS,
    /** Durable writes that needed a flush behind them. */
    FLUSHES_FOR_DURABLE_WRITES,
    /** Transfers that the system copied on their way: the module sg takes allow_dio=1. */
    INDIRECT_TRANSFERS,
    /** Commands sent again after a fault that allows it. */
    RESENT,
    /** Of them, queued commands that were sent again without NCQ. */
    RESENT_PLAIN,
    UNCORRECTABLE,
    ID_NOT_FOUND,
    ABORTED,
    DEVICE_FAULT,
    WRITE_PROTECTED,
    UNSUPPORTED,
    INTERFACE_CRC,
    LINK_RESET,
    RETRY_ASKED,
    TIMED_OUT,
    DEVICE_GONE,
    SHORT_TRANSFER,
    NO_RESOURCES,
    /** Times that the disk went away and came back. */
    RETURNS,
    /** Flushes failed because the disk had been away with writes in its cache. */
    FLUSHES_DOUBTED;

    private static final SataCounter[] OF_FAULT = new SataCounter[AtaFault.values().length];

    static {
        for (final AtaFault fault : AtaFault.values()) {
            OF_FAULT[fault.ordinal()] = fault == AtaFault.NONE ? null : valueOf(fault.name());
        }
    }

    /** {@code null} for no fault. */
    static SataCounter of(final AtaFault fault) {
        return OF_FAULT[fault.ordinal()];
    }
}
