package io.twintrack.engine.resync;

/**
 * How much of the disks and the link resync or verify may take, in bytes per second.
 *
 * @param floor   moved in any case, whatever clients do; 0: clients always come first.
 * @param ceiling never more than this; {@link Long#MAX_VALUE}: no limit.
 */
public record Pacing(long floor, long ceiling) {
    public static final Pacing UNLIMITED = new Pacing(0, Long.MAX_VALUE);

    public Pacing {
        if (floor < 0 || ceiling < 1 || floor > ceiling) {
            throw new IllegalArgumentException(
                "resync between " + floor + " and " + ceiling
                    + " bytes per second: 0 <= floor <= ceiling, ceiling > 0");
        }
    }
}
