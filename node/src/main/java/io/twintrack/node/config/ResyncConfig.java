package io.twintrack.node.config;

/**
 * How fast a pair's sides are brought together, in bytes per second.
 *
 * @param floor   moved whatever clients do; 0: clients always come first.
 * @param ceiling never more than this; {@link Long#MAX_VALUE}: no limit.
 */
public record ResyncConfig(long floor, long ceiling) {
    /** The lowest ceiling. */
    public static final long SLOWEST = 64 << 10;
    /** The highest floor or ceiling. */
    public static final long FASTEST = 1L << 40;
    public static final ResyncConfig UNLIMITED = new ResyncConfig(0, Long.MAX_VALUE);
}
