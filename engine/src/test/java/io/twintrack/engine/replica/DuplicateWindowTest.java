package io.twintrack.engine.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.Protocol;
import io.twintrack.engine.replica.DuplicateWindow.Seen;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class DuplicateWindowTest {
    private final DuplicateWindow window = new DuplicateWindow(new UnsafeBuffer(new byte[DuplicateWindow.LENGTH]));

    @Test
    void aFrameIsNewThenPendingThenDone() {
        assertEquals(Seen.NEW, window.seen(1));
        window.pending(1);
        assertEquals(Seen.PENDING, window.seen(1));
        window.done(1, Outcome.ERROR, Status.NO_SPACE);
        assertEquals(Seen.DONE, window.seen(1));
        assertEquals(Outcome.ERROR, window.outcome(1));
        assertEquals(Status.NO_SPACE, window.status(1));
    }

    @Test
    void nothingBelowTheFloorOrBeyondTheWindowIsCarriedOut() {
        assertEquals(Seen.OUTSIDE, window.seen(0));
        assertEquals(Seen.OUTSIDE, window.seen(-5));
        assertEquals(Seen.NEW, window.seen(Protocol.WINDOW));
        assertEquals(Seen.OUTSIDE, window.seen(Protocol.WINDOW + 1));
        window.done(4, Outcome.DONE, Status.OK);
        window.floor(5);
        assertEquals(Seen.OUTSIDE, window.seen(4));
        assertEquals(Seen.NEW, window.seen(Protocol.WINDOW + 4));
        window.floor(2);
        assertEquals(Seen.OUTSIDE, window.seen(4), "a floor never sinks");
    }
}
