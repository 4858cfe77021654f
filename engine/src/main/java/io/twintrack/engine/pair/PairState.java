package io.twintrack.engine.pair;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Where a pair stands, seen from one node. What follows what, by {@link #mayFollow}:
 *
 * <pre>
 *   from \ to     Connecting  Handshaking  FullSync  DeltaSync  UpToDate  Severed  Diverged
 *   Connecting         .           x                     x         x         x
 *   Handshaking        x           .           x         x         x         x        x
 *   FullSync           x           x           .                   x         x
 *   DeltaSync          x           x                     .         x         x
 *   UpToDate           x           x                               .         x
 *   Severed            x           x           x         x         x         .        x
 *   Diverged           x           x           x         x                   x        .
 * </pre>
 *
 * A node begins in Connecting, or in Severed when its record says so. docs/GUARANTEES.md says what each x is.
 *
 * <p>The codes stand on the wire and on disk, so they are never renumbered.
 */
public enum PairState {
    /** No session with the other node. */
    CONNECTING(1),
    /** A session; both sides compare what they hold durably. */
    HANDSHAKING(2),
    /** Everything is compared, what differs is copied. */
    FULL_SYNC(3),
    /** Marked tracks are copied. */
    DELTA_SYNC(4),
    /** Both sides are equal, but for writes in flight. */
    UP_TO_DATE(5),
    /** The primary goes on alone. */
    SEVERED(6),
    /** Both sides went on alone; a person chooses whose changes are kept. */
    DIVERGED(7);

    private static final PairState[] ALL = values();
    private static final Map<PairState, Set<PairState>> FOLLOWING = new EnumMap<>(Map.of(
        CONNECTING, EnumSet.of(HANDSHAKING, DELTA_SYNC, UP_TO_DATE, SEVERED),
        HANDSHAKING, EnumSet.of(CONNECTING, FULL_SYNC, DELTA_SYNC, UP_TO_DATE, SEVERED, DIVERGED),
        FULL_SYNC, EnumSet.of(CONNECTING, HANDSHAKING, UP_TO_DATE, SEVERED),
        DELTA_SYNC, EnumSet.of(CONNECTING, HANDSHAKING, UP_TO_DATE, SEVERED),
        UP_TO_DATE, EnumSet.of(CONNECTING, HANDSHAKING, SEVERED),
        SEVERED, EnumSet.of(CONNECTING, HANDSHAKING, FULL_SYNC, DELTA_SYNC, UP_TO_DATE, DIVERGED),
        DIVERGED, EnumSet.of(CONNECTING, HANDSHAKING, FULL_SYNC, DELTA_SYNC, SEVERED)));

    private final int code;

    PairState(final int code) {
        this.code = code;
    }

    /** @return whether a pair in that state may come into this one; staying is always allowed. */
    boolean mayFollow(final PairState before) {
        return this == before || FOLLOWING.get(before).contains(this);
    }

    /** The number that stands on the wire and on disk, 0 to 255. */
    public int code() {
        return code;
    }

    /** @return the constant with this code, or null for a code that this version does not know. */
    public static PairState of(final int code) {
        for (final PairState one : ALL) {
            if (one.code == code) {
                return one;
            }
        }
        return null;
    }
}
