package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients write at random places while frames are lost and damaged, the wire is cut, the target is started anew and
 * disks refuse, reorder, stall and fail. A pair that was severed goes on alone and comes back, by itself or by command.
 * Afterwards every sector holds the last acknowledged write or one that failed after it, on both sides alike.
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
    private final Set<Long> zeroes = new HashSet<>();
    private Random random;
    private PairRig rig;
    private long number;
    private int lost;
    /** After an error of the target's disk everything is compared, which would hide marks that are missing. */
    private boolean diskFails;

    static long[] seeds() {
        final long fresh = System.nanoTime();
        return new long[] {1, 2, 3, 4, 5, 6, 7, 8, fresh, fresh + 1, fresh + 2, fresh + 3};
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatWasAcknowledgedIsOnBothSides(final long seed) {
        random = new Random(seed);
        rig = new PairRig(shape()).upToDate();
        rig.originDisk.reorder(new Random(seed));
        rig.targetDisk.reorder(new Random(seed + 1));
        injectWireFaults();
        diskFails = random.nextBoolean();
        for (int step = 0; step < STEPS; step++) {
            step();
            rig.cycles(1 + random.nextInt(4));
        }
        heal();
        assertAcknowledgedIsReadable();
        assertTrue(lost > 0, "no frame was ever lost");
    }

    private PairRig.Shape shape() {
        final Wire[] wires = {
            Wire.LARGE_FRAMES, Wire.SMALL_FRAMES, new Wire(480 + 4096, 480, 3), new Wire(128 + 512, 128, 5)};
        return new PairRig.Shape(wires[random.nextInt(wires.length)], SECTOR * SECTORS)
            .targetDisk(SECTOR * SECTORS, SECTOR, 4 << 5 * random.nextInt(3))
            .targetQueue(2 + random.nextInt(30))
            .depth(1 + random.nextInt(64), 1 + random.nextInt(40))
            .peerSlots(2 + random.nextInt(8));
    }

    private void injectWireFaults() {
        final Random faults = new Random(random.nextLong());
        rig.originLink.dropFrames(frame -> {
            final boolean drop = faults.nextInt(50) == 0;
            lost += drop ? 1 : 0;
            return drop;
        });
        rig.targetLink.dropReplies(reply -> faults.nextInt(50) == 0);
        rig.originLink.damageFrames(frame -> damage(frame, faults));
        rig.targetLink.damageReplies(reply -> damage(reply, faults));
    }

    private static boolean damage(final UnsafeBuffer frame, final Random faults) {
        if (faults.nextInt(50) == 0) {
            final int at = faults.nextInt(frame.capacity());
            frame.putByte(at, (byte) (frame.getByte(at) ^ 1 << faults.nextInt(8)));
        }
        return true;
    }

    private void step() {
        final int dice = random.nextInt(1000);
        if (dice < 500) {
            write();
        } else if (dice < 505) {
            rig.restartTarget();
        } else if (dice < 510) {
            rig.originLink.connect(false);
        } else if (dice < 515) {
            (random.nextBoolean() ? rig.originLink : rig.targetLink).connectHere(false);
        } else if (dice < 600) {
            rig.originLink.connect(true);
        } else if (dice < 602) {
            rig.pair().commands().sever(result -> { });
        } else if (dice < 610) {
            reestablish();
        } else if (dice < 613) {
            failTargetDisk();
        } else if (dice < 625) {
            rig.targetDisk.heal();
        } else if (dice < 640) {
            rig.originDisk.refuse(random.nextInt(20));
            rig.targetDisk.refuse(random.nextInt(20));
        } else if (dice < 650) {
            (random.nextBoolean() ? rig.originDisk : rig.targetDisk).hold();
        } else if (dice < 700) {
            rig.originDisk.releaseAll();
            rig.targetDisk.releaseAll();
        } else if (dice < 705) {
            rig.originLink.stallFrames(true);
        } else if (dice < 750) {
            rig.originLink.stallFrames(false);
        } else if (dice < 780) {
            zero();
        } else if (dice < 790) {
            rig.volume().flush((tag, status) -> { }, 0);
        } else if (dice < 792) {
            rig.pause(1_000L * random.nextInt(4_000_000));
        } else if (dice < 794) {
            restartOrigin();
        }
    }

    /** What was on its way is never answered: it may be there or not, as after an error. */
    private void restartOrigin() {
        rig.restartOrigin();
        for (final long tag : List.copyOf(underWay.keySet())) {
            onComplete(tag, Status.STOPPING);
        }
    }

    /** A range that is zeroed reads as the stamp 0, whatever its place in the order. */
    private void zero() {
        final int from = random.nextInt(SECTORS);
        final int length = Math.min(1 + random.nextInt(700), SECTORS - from);
        final Write write = new Write(++number, SlotPool.NONE, from, from + length);
        underWay.put(write.number, write);
        if (!rig.volume().zero((long) from * SECTOR, (long) length * SECTOR, random.nextBoolean(),
            random.nextInt(5) == 0, this::onComplete, write.number)) {
            underWay.remove(write.number);
        }
    }

    private void failTargetDisk() {
        if (diskFails) {
            rig.targetDisk.fail((long) SECTOR * random.nextInt(SECTORS), SECTOR * SECTORS, false, true,
                Status.NO_SPACE);
        }
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
        if (!rig.volume().write(rig.slots.address(slot), length * SECTOR, (long) from * SECTOR,
            random.nextInt(10) == 0, this::onComplete, write.number)) {
            underWay.remove(write.number);
            rig.slots.release(slot);
        }
    }

    private void onComplete(final long tag, final Status status) {
        final Write write = underWay.remove(tag);
        if (write.slot == SlotPool.NONE) {
            zeroes.add(tag);
        } else {
            rig.slots.release(write.slot);
        }
        for (int sector = write.from; sector < write.to; sector++) {
            if (status == Status.OK) {
                acked[sector] = Math.max(acked[sector], write.number);
            } else {
                failed.computeIfAbsent(sector, s -> new HashSet<>()).add(write.number);
            }
        }
        if (random.nextInt(10) == 0) {
            write();
        }
    }

    /** What a person or an error of the target's disk severed, a person mends. A refusal is repeated later. */
    private void reestablish() {
        if (rig.pair().state() == PairState.SEVERED) {
            rig.pair().commands().reestablish(Keep.NONE, result -> { });
        }
    }

    private void heal() {
        rig.originDisk.releaseAll();
        rig.targetDisk.releaseAll();
        rig.originLink.stallFrames(false);
        rig.originLink.dropFrames(null);
        rig.originLink.damageFrames(null);
        rig.targetLink.dropReplies(null);
        rig.targetLink.damageReplies(null);
        rig.targetDisk.heal();
        rig.originLink.connect(true);
        rig.until("all writes ended", underWay::isEmpty);
        rig.until("both sides are up to date", () -> {
            if (random.nextInt(20_000) == 0) {
                reestablish();
            }
            return rig.pair().state() == PairState.UP_TO_DATE;
        });
    }

    private void assertAcknowledgedIsReadable() {
        rig.assertSidesEqual();
        for (int sector = 0; sector < SECTORS; sector++) {
            final long found = new UnsafeBuffer(rig.originDisk.disk().address() + (long) sector * SECTOR, 8).getLong(0);
            if (found != stamp(acked[sector])) {
                final long lastAcked = acked[sector];
                assertTrue(failed.getOrDefault(sector, Set.of()).stream()
                    .anyMatch(write -> write > lastAcked && stamp(write) == found),
                    "sector " + sector + " holds " + found + ", not " + lastAcked);
            }
        }
    }

    private long stamp(final long write) {
        return zeroes.contains(write) ? 0 : write;
    }
}
