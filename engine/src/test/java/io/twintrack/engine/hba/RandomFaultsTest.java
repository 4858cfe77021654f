package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.origin.PairState;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients write at random places while frames are lost and damaged, the wire is cut, the target is started anew and
 * disks refuse, reorder and fail. Afterwards every sector holds the last acknowledged write or one that failed after
 * it, on both sides alike.
 */
class RandomFaultsTest {
    private static final int SECTOR = 512;
    private static final int SECTORS = 2048;
    private static final int STEPS = 1500;

    /** A write: its place in the order of submission and its stamp, which fills its sectors. */
    private record Write(long number, int slot, int from, int to) {
    }

    private final Map<Long, Write> underWay = new HashMap<>();
    private final long[] acked = new long[SECTORS];
    private final Map<Integer, Set<Long>> failed = new HashMap<>();
    private Random random;
    private PairRig rig;
    private long number;

    static long[] seeds() {
        final long fresh = System.nanoTime();
        return new long[] {1, 2, 3, 4, 5, 6, 7, 8, fresh, fresh + 1, fresh + 2, fresh + 3};
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatWasAcknowledgedIsOnBothSides(final long seed) {
        random = new Random(seed);
        rig = new PairRig(random.nextBoolean() ? Wire.LARGE_FRAMES : Wire.SMALL_FRAMES, SECTOR * SECTORS).upToDate();
        rig.originDisk.reorder(new Random(seed));
        rig.targetDisk.reorder(new Random(seed + 1));
        injectWireFaults();
        for (int step = 0; step < STEPS; step++) {
            step();
            rig.cycles(1 + random.nextInt(4));
        }
        heal();
        assertAcknowledgedIsReadable();
        assertTrue(rig.count(Counter.FRAMES_RESENT) > 0, "no frame was ever sent again");
    }

    private void injectWireFaults() {
        final Random faults = new Random(random.nextLong());
        rig.originLink.dropFrames(frame -> faults.nextInt(50) == 0);
        rig.targetLink.dropReplies(reply -> faults.nextInt(50) == 0);
        rig.originLink.damageFrames(frame -> {
            if (faults.nextInt(50) == 0) {
                final int at = faults.nextInt(frame.capacity());
                frame.putByte(at, (byte) (frame.getByte(at) ^ 1 << faults.nextInt(8)));
            }
            return true;
        });
    }

    private void step() {
        final int dice = random.nextInt(1000);
        if (dice < 500) {
            write();
        } else if (dice < 505) {
            rig.restartTarget();
        } else if (dice < 510) {
            rig.originLink.connect(false);
        } else if (dice < 600) {
            rig.originLink.connect(true);
        } else if (dice < 605) {
            rig.targetDisk.fail(badSector(), SECTOR * SECTORS, false, true, Status.IO_ERROR);
        } else if (dice < 620) {
            rig.targetDisk.heal();
        } else if (dice < 640) {
            rig.originDisk.refuse(random.nextInt(20));
            rig.targetDisk.refuse(random.nextInt(20));
        }
    }

    private long badSector() {
        return (long) SECTOR * random.nextInt(SECTORS);
    }

    private void write() {
        final int slot = rig.slots.claim();
        if (slot == SlotPool.NONE) {
            return;
        }
        final int from = random.nextInt(SECTORS);
        final int length = Math.min(1 + random.nextInt(random.nextInt(10) == 0 ? 300 : 20), SECTORS - from);
        final Write write = new Write(++number, slot, from, from + length);
        final UnsafeBuffer memory = new UnsafeBuffer(rig.slots.address(slot), length * SECTOR);
        for (int i = 0; i < length; i++) {
            memory.setMemory(i * SECTOR, SECTOR, (byte) write.number);
            memory.putLong(i * SECTOR, write.number);
        }
        underWay.put(write.number, write);
        assertTrue(rig.volume().write(rig.slots.address(slot), length * SECTOR, (long) from * SECTOR,
            random.nextInt(10) == 0, this::onComplete, write.number));
    }

    private void onComplete(final long tag, final Status status) {
        final Write write = underWay.remove(tag);
        rig.slots.release(write.slot);
        for (int sector = write.from; sector < write.to; sector++) {
            if (status == Status.OK) {
                acked[sector] = Math.max(acked[sector], write.number);
            } else {
                failed.computeIfAbsent(sector, s -> new HashSet<>()).add(write.number);
            }
        }
    }

    private void heal() {
        rig.originLink.dropFrames(null);
        rig.originLink.damageFrames(null);
        rig.targetLink.dropReplies(null);
        rig.targetDisk.heal();
        rig.originLink.connect(true);
        rig.until("all writes ended", underWay::isEmpty);
        rig.until("a target that failed is back", () -> {
            if (rig.pair().state() == PairState.SEVERED) {
                rig.originLink.connect(true);
            }
            return rig.pair().state() == PairState.UP_TO_DATE;
        });
        // A failed write may have left its mark: equality counts once that was compared.
        rig.cycles(12_000);
        rig.upToDate();
    }

    private void assertAcknowledgedIsReadable() {
        rig.assertSidesEqual();
        for (int sector = 0; sector < SECTORS; sector++) {
            final long found = new UnsafeBuffer(rig.originDisk.disk().address() + (long) sector * SECTOR, 8).getLong(0);
            final boolean failedLater = found > acked[sector]
                && failed.getOrDefault(sector, Set.of()).contains(found);
            if (!failedLater) {
                assertEquals(acked[sector], found, "sector " + sector);
            }
        }
    }
}
