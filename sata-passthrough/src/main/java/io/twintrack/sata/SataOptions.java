package io.twintrack.sata;

/**
 * How a disk is used.
 *
 * @param minSize     in bytes: a smaller disk is refused.
 * @param queueDepth  operations at a time that are taken, 1 to 65536; the disk gets as many of them as it can queue.
 * @param commands    commands at a time that the disk gets at most, 1 to 32.
 * @param way         how commands reach the system.
 * @param timeoutMs   of a read or a write, in milliseconds, from 100: then the system resets the link.
 * @param flushMs     of a flush and a trim, in milliseconds, from 100.
 * @param trustTrim   what was trimmed counts as zeros although the disk's IDENTIFY data does not promise it.
 */
public record SataOptions(
    long minSize, int queueDepth, int commands, Way way, int timeoutMs, int flushMs, boolean trustTrim) {

    /** How commands reach the system. */
    public enum Way {
        /** {@link #ASYNCHRONOUS} where there is a /dev/sgN, else {@link #LANES}. */
        AUTO,
        /** write(2) and read(2) on /dev/sgN. */
        ASYNCHRONOUS,
        /** A thread for each command, in ioctl(2) on the very path that was given. */
        LANES
    }

    public static final SataOptions DEFAULT = new SataOptions(0, 1024, 32, Way.AUTO, 10_000, 60_000, false);

    public SataOptions {
        require(minSize >= 0, "minSize", minSize, "from 0");
        require(queueDepth >= 1 && queueDepth <= 65536, "queueDepth", queueDepth, "1 to 65536");
        require(commands >= 1 && commands <= 32, "commands", commands, "1 to 32");
        require(timeoutMs >= 100, "timeoutMs", timeoutMs, "from 100");
        require(flushMs >= 100, "flushMs", flushMs, "from 100");
    }

    private static void require(final boolean holds, final String name, final long value, final String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + ": " + allowed + " is allowed");
        }
    }

    public SataOptions minSize(final long bytes) {
        return new SataOptions(bytes, queueDepth, commands, way, timeoutMs, flushMs, trustTrim);
    }

    public SataOptions queueDepth(final int operations) {
        return new SataOptions(minSize, operations, commands, way, timeoutMs, flushMs, trustTrim);
    }

    public SataOptions commands(final int atATime) {
        return new SataOptions(minSize, queueDepth, atATime, way, timeoutMs, flushMs, trustTrim);
    }

    public SataOptions way(final Way newWay) {
        return new SataOptions(minSize, queueDepth, commands, newWay, timeoutMs, flushMs, trustTrim);
    }

    public SataOptions timeouts(final int transferMs, final int newFlushMs) {
        return new SataOptions(minSize, queueDepth, commands, way, transferMs, newFlushMs, trustTrim);
    }

    public SataOptions trustTrim(final boolean trust) {
        return new SataOptions(minSize, queueDepth, commands, way, timeoutMs, flushMs, trust);
    }
}
