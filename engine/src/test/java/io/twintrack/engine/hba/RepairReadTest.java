package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The primary's disk cannot read a block: the target has it, as far as it is the same there. */
class RepairReadTest {
    private static final long SIZE = 4 << 20;
    private static final int BLOCK = 4096;
    private static final int LENGTH = 2 * BLOCK;
    private static final long TAG = 77;

    private final PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE).upToDate();
    private final long address = rig.slots.address(rig.slots.claim());

    private void read() {
        rig.originDisk.fail(0, LENGTH, true, false, Status.IO_ERROR);
        rig.volume().read(address, LENGTH, 0, (tag, status) -> rig.completions.put(tag, status), TAG);
        rig.until("the disk cannot read it", () -> rig.count(Counter.READS_REDIRECTED) == 1);
    }

    private byte[] bytes() {
        final byte[] bytes = new byte[LENGTH];
        new UnsafeBuffer(address, LENGTH).getBytes(0, bytes);
        return bytes;
    }

    @Test
    void theTargetsBlockIsReadAndMendsThisOne() {
        final byte[] written = PairRig.bytes(1, LENGTH);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, LENGTH, false)));
        new UnsafeBuffer(rig.originDisk.disk().address(), LENGTH).setMemory(0, LENGTH, (byte) 0);
        read();
        assertEquals(Status.OK, rig.finish(TAG));
        assertArrayEquals(written, bytes());
        assertArrayEquals(written, PairRig.content(rig.originDisk, 0, LENGTH));
    }

    /** @param waits the read waits for a write that overlaps, so that it was not sent before the target was lost. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTargetThatLostTheBlockMeanwhileIsNotBelieved(final boolean waits) {
        final byte[] written = PairRig.bytes(1, BLOCK);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, BLOCK, false)));
        rig.targetDisk.hold();
        if (waits) {
            rig.write(2, BLOCK, BLOCK, false);
            rig.cycles(10);
        }
        read();
        // Its host loses power, and with the disk's cache the first write, which was answered.
        new UnsafeBuffer(rig.targetDisk.disk().address(), BLOCK).setMemory(0, BLOCK, (byte) 0);
        rig.targetLife++;
        rig.restartTarget();
        assertEquals(Status.PEER_LOST, rig.finish(TAG));
        rig.originDisk.heal();
        rig.upToDate();
        assertArrayEquals(written, PairRig.content(rig.originDisk, 0, BLOCK));
        rig.assertSidesEqual();
    }

    @Test
    void aTargetThatWasAwayAndLostNothingIsAskedAgain() {
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, LENGTH, false)));
        rig.targetDisk.hold();
        read();
        rig.restartTarget();
        assertEquals(Status.OK, rig.finish(TAG));
        assertArrayEquals(PairRig.bytes(1, LENGTH), bytes());
    }
}
