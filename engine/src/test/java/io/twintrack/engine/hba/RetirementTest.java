package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.PairEvent.Kind;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import java.util.ArrayList;
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
}
