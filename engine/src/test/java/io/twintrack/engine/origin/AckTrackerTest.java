package io.twintrack.engine.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.frame.Protocol;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class AckTrackerTest {
    private final AckTracker acks = new AckTracker(new UnsafeBuffer(new byte[AckTracker.LENGTH]));

    @Test
    void idsCountUpFromOneAndTheFloorIsTheOldestUnanswered() {
        assertEquals(1, acks.file(7, 0, 100));
        assertEquals(2, acks.file(7, 1, 100));
        assertEquals(3, acks.file(8, 0, 100));
        acks.answered(2);
        assertEquals(1, acks.floor());
        assertTrue(acks.isUnanswered(1));
        assertFalse(acks.isUnanswered(2));
        acks.answered(1);
        assertEquals(3, acks.floor());
        assertEquals(8, acks.request(3));
    }

    @Test
    void neverMoreThanAWindowFromTheFloorOn() {
        for (int i = 0; i < Protocol.WINDOW; i++) {
            assertFalse(acks.isFull());
            acks.file(i, 0, 0);
        }
        assertTrue(acks.isFull());
        acks.answered(2);
        assertTrue(acks.isFull(), "the floor did not move");
        acks.answered(1);
        assertFalse(acks.isFull());
        assertEquals(3, acks.floor());
    }

    @Test
    void anAnswerOfALaterLapIsNotTakenForAnEarlierOne() {
        for (int i = 0; i < Protocol.WINDOW; i++) {
            acks.answered(acks.file(0, 0, 0));
        }
        final long id = acks.file(3, 2, 55);
        assertTrue(acks.isUnanswered(id));
        assertFalse(acks.isUnanswered(id - Protocol.WINDOW));
        assertFalse(acks.isUnanswered(0));
        assertFalse(acks.isUnanswered(-1));
        acks.wait(id, 77, 4);
        assertEquals(77, acks.deadlineNs(id));
        assertEquals(4, acks.tries(id));
        assertEquals(2, acks.fragment(id));
        acks.reset();
        assertFalse(acks.isUnanswered(id));
        assertEquals(1, acks.next());
    }
}
