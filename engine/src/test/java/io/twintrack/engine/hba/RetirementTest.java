package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.PairEvent.Kind;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When the mark of a region may be dropped. */
class RetirementTest {
    private static final int REGION = 4 << 20;
    private static final int ACTIVE = 4;

    private final PairRig rig =
        new PairRig(new PairRig.Shape(Wire.LARGE_FRAMES, 2 * ACTIVE * REGION).activeRegions(ACTIVE)).upToDate();

    private long write(final int region) {
        return rig.write(1 + region, (long) region * REGION, 4096, false);
    }

    /** A node that is started anew before its record says that its disk failed goes by its marks: guarantee 6. */
    @Test
    void aFailedDisksMarksStayUntilTheRecordSaysThatItFailed() {
        final List<CommandResult> severed = new ArrayList<>();
        rig.pair().commands().sever(severed::add);
        rig.until("it is severed", () -> !severed.isEmpty());
        rig.originDisk.failFlushes(Status.IO_ERROR);
        for (int region = 0; region < ACTIVE - 1; region++) {
            assertEquals(Status.OK, rig.finish(write(region)));
        }
        rig.originDisk.hold();
        write(ACTIVE - 1);
        final long waiting = write(ACTIVE);
        rig.until("a write waits for a flush to make room",
            () -> rig.originDisk.inFlight() == 2 && rig.originMetadata().inFlight() == 0);
        rig.originMetadata().hold();
        final int started = rig.originMetadata().started();
        rig.originDisk.releaseAll();
        rig.until("a flush fails", () -> rig.pair().commands().status(0).alerts().contains(Kind.FLUSH_FAILED));
        rig.cycles(1000);
        assertEquals(1, rig.originMetadata().started() - started, "the record alone");
        rig.originMetadata().releaseAll();
        assertEquals(Status.IO_ERROR, rig.finish(waiting));
    }

    /**
     * A flush of this disk alone says nothing of what the target got before it was left behind, also when the target is
     * back before the flush ends: guarantee 6.
     */
    @Test
    void aFlushThatTheTargetHadNoPartInDropsNoMarksOnceItTakesPart() {
        for (int region = 0; region < ACTIVE - 1; region++) {
            assertEquals(Status.OK, rig.finish(write(region)));
        }
        rig.originLink.connect(false);
        assertEquals(Status.OK, rig.finish(rig.write(10, 0, 4096, false)));
        assertEquals(PairState.SEVERED, rig.pair().state());
        rig.originDisk.hold();
        rig.originLink.connect(true);
        rig.until("the source is flushed before a resync", () -> rig.originDisk.inFlight() == 1);
        rig.originLink.stallFrames(true);
        rig.originDisk.releaseAll();
        rig.until("it was flushed", () -> rig.originDisk.inFlight() == 0);
        rig.originDisk.hold();
        write(ACTIVE - 1);
        final long waiting = write(ACTIVE);
        rig.until("a write waits for a flush to make room",
            () -> rig.originDisk.inFlight() == 2 && rig.originMetadata().inFlight() == 0);
        rig.originLink.stallFrames(false);
        rig.until("the resync has begun", () -> rig.pair().state() == PairState.DELTA_SYNC);
        rig.targetDisk.hold();
        rig.originDisk.releaseAll();
        rig.cycles(1000);
        final byte[] written = PairRig.bytes(1 + ACTIVE, 4096);
        assertFalse(Arrays.equals(written, PairRig.content(rig.originDisk, (long) ACTIVE * REGION, 4096)),
            "a mark was dropped before the target was flushed");
        rig.targetDisk.releaseAll();
        assertEquals(Status.OK, rig.finish(waiting));
        rig.upToDate().assertSidesEqual();
    }
}
