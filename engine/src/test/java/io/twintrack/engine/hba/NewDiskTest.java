package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Pair;
import io.twintrack.engine.pair.PairRule;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A person says that a side's disk is a new one, while the other side comes back. */
class NewDiskTest {
    private static final long SIZE = 4 << 20;

    private final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
    private final List<CommandResult> results = new ArrayList<>();

    private void accept(final Pair pair) {
        pair.commands().acceptDisk(results::add);
    }

    private void assertFilled() {
        rig.until("it is accepted", () -> !results.isEmpty());
        assertTrue(results.get(0).done(), results::toString);
        rig.upToDate();
        assertEquals(rig.pair().commands().status(0).currentGeneration(),
            rig.targetPair().commands().status(0).currentGeneration(), "the target's record is not of what it holds");
        assertEquals(Status.OK, rig.finish(rig.write(2, 0, 4096, false)));
        rig.assertSidesEqual();
    }

    @Test
    void theTargetDoesNotFollowWhileItsDiskIsRecordedAsNew() {
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        rig.originLink.connect(false);
        rig.until("the target is alone", () -> rig.targetPair().state() == PairState.CONNECTING);
        rig.targetMetadata().hold();
        accept(rig.targetPair());
        rig.originLink.connect(true);
        rig.cycles(2_000);
        rig.targetMetadata().releaseAll();
        assertFilled();
    }

    /** The attachment is through, and the order that follows from it finds another record than it was decided by. */
    @Test
    void anOrderThatWasDecidedBeforeIsRefused() {
        rig.originLink.connect(false);
        rig.until("the target is alone", () -> rig.targetPair().state() == PairState.CONNECTING);
        rig.originLink.connect(true);
        rig.until("the target has attached", () -> rig.targetPair().state() == PairState.HANDSHAKING);
        rig.targetMetadata().hold();
        accept(rig.targetPair());
        rig.cycles(100);
        rig.targetMetadata().releaseAll();
        assertFilled();
    }

    @Test
    void aPrimaryThatComesBackDoesNotNoteThatItIsInStep() {
        rig.restartOrigin();
        rig.until("it asks", () -> rig.pair().state() == PairState.HANDSHAKING);
        accept(rig.pair());
        assertFilled();
    }

    @Test
    void aDiskThatIsBeingFilledIsInUse() {
        rig.originLink.connect(false);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        assertEquals(PairState.SEVERED, rig.pair().state());
        rig.targetDisk.hold();
        rig.originLink.connect(true);
        rig.until("a resync", () -> rig.pair().state() == PairState.DELTA_SYNC);
        accept(rig.targetPair());
        assertFalse(results.get(0).done());
        assertEquals(PairRule.DISK_IN_USE, results.get(0).refused().kept());
        rig.targetDisk.releaseAll();
        rig.upToDate();
    }
}
