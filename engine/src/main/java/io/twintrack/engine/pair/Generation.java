package io.twintrack.engine.pair;

import java.util.HexFormat;

/**
 * A random 128-bit id of a data set. Two sides with the same current generation hold the same bytes but for marked
 * tracks.
 */
public record Generation(long high, long low) {
    private static final HexFormat HEX = HexFormat.of();
    public static final Generation NONE = new Generation(0, 0);

    public boolean isNone() {
        return high == 0 && low == 0;
    }

    /** No generation is the same as none, not even none itself. */
    public boolean is(final Generation other) {
        return !isNone() && equals(other);
    }

    @Override
    public String toString() {
        return isNone() ? "none" : HEX.toHexDigits(high) + HEX.toHexDigits(low);
    }
}
