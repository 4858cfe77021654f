package io.twintrack.engine.pair;

import static io.twintrack.engine.pair.PairState.CONNECTING;
import static io.twintrack.engine.pair.PairState.DELTA_SYNC;
import static io.twintrack.engine.pair.PairState.DIVERGED;
import static io.twintrack.engine.pair.PairState.FULL_SYNC;
import static io.twintrack.engine.pair.PairState.HANDSHAKING;
import static io.twintrack.engine.pair.PairState.SEVERED;
import static io.twintrack.engine.pair.PairState.UP_TO_DATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PairStateTest {
    private static Set<PairState> before(final PairState state) {
        final Set<PairState> found = EnumSet.noneOf(PairState.class);
        for (final PairState one : PairState.values()) {
            if (one != state && state.mayFollow(one)) {
                found.add(one);
            }
        }
        return found;
    }

    @ParameterizedTest
    @EnumSource
    void everyStateMayStayAndHasAWayInAndAWayOut(final PairState state) {
        assertTrue(state.mayFollow(state));
        assertFalse(before(state).isEmpty());
        assertTrue(EnumSet.allOf(PairState.class).stream().anyMatch(next -> next != state && next.mayFollow(state)));
    }

    /** Both sides compare what they hold before anything is copied. */
    @Test
    void aSyncFollowsAHandshake() {
        assertEquals(EnumSet.of(HANDSHAKING, SEVERED, DIVERGED), before(FULL_SYNC));
        assertEquals(EnumSet.of(CONNECTING, HANDSHAKING, SEVERED, DIVERGED), before(DELTA_SYNC));
    }

    /** Two sides that went apart come together by a copy alone. */
    @Test
    void divergedSidesAreNeverUpToDateAtOnce() {
        assertEquals(EnumSet.of(CONNECTING, HANDSHAKING, FULL_SYNC, DELTA_SYNC, SEVERED), before(UP_TO_DATE));
    }

    /** Nobody knows that both went on alone before they have met. */
    @Test
    void sidesDivergeWhereTheyMeet() {
        assertEquals(EnumSet.of(HANDSHAKING, SEVERED), before(DIVERGED));
    }

    @Test
    void everySessionMayEndAndEveryPrimaryMayGoOnAlone() {
        assertEquals(EnumSet.complementOf(EnumSet.of(CONNECTING)), before(CONNECTING));
        assertEquals(EnumSet.complementOf(EnumSet.of(SEVERED)), before(SEVERED));
    }
}
