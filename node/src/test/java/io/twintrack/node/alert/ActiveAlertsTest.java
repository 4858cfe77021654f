package io.twintrack.node.alert;

import io.twintrack.engine.pair.PairEvent.Kind;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ActiveAlertsTest {
    private final ActiveAlerts active = new ActiveAlerts();

    private static Alert alert(final String since, final String what) {
        return new Alert("handshake-refused", "iqn.2026-11.io.twintrack:a", "vol0", since, since, what, "", "");
    }

    @Test
    void whatIsToldAgainHasLastedSinceItWasToldFirst() {
        final Alert first = alert("10:00", "wrong key");
        assertTrue(active.take(Kind.HANDSHAKE_REFUSED, first));
        assertFalse(active.take(Kind.HANDSHAKE_REFUSED, alert("10:05", "wrong key")));
        assertEquals(List.of(first), active.list());
    }

    @Test
    void anotherReasonIsNews() {
        assertTrue(active.take(Kind.HANDSHAKE_REFUSED, alert("10:00", "wrong key")));
        final Alert next = alert("10:05", "another version");
        assertTrue(active.take(Kind.HANDSHAKE_REFUSED, next));
        assertEquals(List.of(next), active.list());
    }
}
