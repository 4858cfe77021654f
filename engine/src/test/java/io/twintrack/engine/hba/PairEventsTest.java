package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.PairEvent;
import io.twintrack.engine.pair.PairEvent.Kind;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a person is told of a pair, and that it is told once. */
class PairEventsTest {
    private static final long SIZE = 4 << 20;

    private final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE);

    @BeforeEach
    void comesInStep() {
        rig.upToDate();
        assertEquals(List.of(Kind.RESYNC_FINISHED), kinds());
        rig.events.clear();
    }

    private List<Kind> kinds() {
        return rig.events.stream().map(PairEvent::kind).toList();
    }

    private PairEvent await(final Kind kind) {
        rig.until(kind + " is told", () -> kinds().contains(kind));
        final PairEvent event = rig.events.stream().filter(one -> one.kind() == kind).findFirst().orElseThrow();
        assertEquals("vol0", event.pair());
        assertTrue(!event.what().isBlank() && !event.atRisk().isBlank() && !event.whatToDo().isBlank(),
            event::toString);
        return event;
    }

    @Test
    void aNodeThatHasStartedWaitsSinceThen() {
        final PairRig started = new PairRig(Wire.LARGE_FRAMES, SIZE);
        started.originLink.connect(false);
        final long beganNs = started.nowNs();
        started.cycles(5);
        assertTrue(started.pair().commands().status(started.nowNs()).sinceNs() > beganNs);
    }

    @Test
    void aLostPeerAndItsReturn() {
        rig.originLink.connect(false);
        rig.write(1, 0, 4096, false);
        rig.until("it is missed", () -> rig.pair().state() == PairState.CONNECTING);
        final long missedNs = rig.nowNs();
        final PairEvent severed = await(Kind.SEVERED);
        assertTrue(severed.sinceNs() <= missedNs && rig.nowNs() > missedNs + 1_000_000, severed::toString);
        assertEquals(Status.OK, rig.finish(1));
        rig.originLink.connect(true);
        rig.upToDate();
        await(Kind.RE_ESTABLISHED);
        await(Kind.RESYNC_FINISHED);
        assertEquals(3, rig.events.size(), () -> rig.events.toString());
    }

    @Test
    void theOwnDiskThatFails() {
        rig.originDisk.fail(0, SIZE, false, true, Status.IO_ERROR);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        assertEquals(Status.OK, rig.finish(rig.write(2, 4096, 4096, false)));
        await(Kind.DISK_FAILED);
        assertEquals(List.of(Kind.DISK_FAILED), kinds());
    }

    @Test
    void theTargetsDiskThatFailsAFlush() {
        rig.targetDisk.failFlushes(Status.IO_ERROR);
        assertTrue(rig.volume().flush((tag, status) -> rig.completions.put(tag, status), 1));
        assertEquals(Status.OK, rig.finish(1));
        await(Kind.FLUSH_FAILED);
        await(Kind.SEVERED);
        assertEquals(2, rig.events.size(), () -> rig.events.toString());
    }

    @Test
    void whatVerifyFindsUntilItIsMended() {
        new UnsafeBuffer(rig.targetDisk.disk().address() + 8192, 1).putByte(0, (byte) 1);
        final List<String> said = new ArrayList<>();
        rig.pair().commands().verify(result -> said.add(result.what()));
        final PairEvent event = await(Kind.VERIFY_DIFFERENCE);
        assertTrue(event.what().startsWith("1 ranges") && event.what().endsWith("at byte 8192"), event::what);
        assertEquals(List.of(Kind.VERIFY_DIFFERENCE), rig.pair().commands().status(0).alerts());
        rig.pair().commands().repair(Role.PRIMARY, result -> said.add(result.what()));
        await(Kind.VERIFY_CLEAN);
        assertEquals(List.of(), rig.pair().commands().status(0).alerts());
        rig.pair().commands().verify(result -> said.add(result.what()));
        rig.until("it is through", () -> rig.pair().commands().status(0).verify().complete());
        rig.cycles(3);
        assertEquals(List.of(Kind.VERIFY_DIFFERENCE, Kind.VERIFY_CLEAN), kinds());
        assertEquals(3, said.size());
        assertEquals(PairState.UP_TO_DATE, rig.pair().state());
    }
}
