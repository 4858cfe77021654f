package io.twintrack.engine.device;

import com.sun.management.ThreadMXBean;
import io.twintrack.engine.Status;
import org.agrona.BufferUtil;
import org.agrona.collections.MutableInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.*;

/**
 * Random layouts under random operations, with disks below that are short of room, complete in any order, refuse and
 * fail, against a plain array of bytes. Where each byte must lie is counted out one sector at a time.
 */
class ExtentDeviceModelTest {
    private static final int SECTOR = 512;
    private static final int TAGS = 8;

    /** What is in flight under a token; two at once never touch the same bytes, so any order gives the same. */
    private static final class InFlight {
        boolean used;
        boolean read;
        boolean write;
        long offset;
        long length;
    }

    private long seed;
    private Random random;
    private final List<FaultyBlockDevice> disks = new ArrayList<>();
    private ExtentDevice device;
    /** For each sector of the device: which disk, and where on it. */
    private int[] diskOf;
    private long[] offsetOf;
    private byte[] model;
    private boolean[] everWritten;
    /** False where nothing was written yet and where a write failed: anything may be there. */
    private boolean[] known;
    private final InFlight[] inFlight = new InFlight[TAGS];
    private UnsafeBuffer memory;
    private int completions;
    private int errors;

    @RepeatedTest(200)
    void everyLayoutBehavesAsOneDisk() {
        begin(System.nanoTime());
        try {
            for (int i = 0; i < 200; i++) {
                operate();
                if (random.nextInt(3) == 0) {
                    pollOnce();
                }
            }
            drain();
            assertEquals(0, errors, message());
            everyByteLiesWhereItBelongs();
            nothingElseWasTouched();
        } finally {
            disks.forEach(FaultyBlockDevice::close);
        }
    }

    @RepeatedTest(50)
    void operationsThatFailBelowCompleteOnceAndTheRestIsUntouched() {
        begin(System.nanoTime());
        try {
            for (final FaultyBlockDevice disk : disks) {
                final long from = (long) random.nextInt((int) (disk.size() / SECTOR)) * SECTOR;
                disk.fail(from, from + 4 * SECTOR, true, true, Status.IO_ERROR);
            }
            for (int i = 0; i < 200; i++) {
                operate();
                pollOnce();
            }
            drain();
            everyByteLiesWhereItBelongs();
            nothingElseWasTouched();
        } finally {
            disks.forEach(FaultyBlockDevice::close);
        }
    }

    @Test
    void nothingIsAllocatedPerOperation() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final MemoryBlockDevice a = new MemoryBlockDevice(1 << 20, SECTOR, SECTOR, 8);
        final MemoryBlockDevice b = new MemoryBlockDevice(1 << 20, SECTOR, SECTOR, 8);
        try (a; b) {
            final ExtentDevice striped = ExtentDevice.striped(List.of(Extent.of(a), Extent.of(b)), 4096, 16);
            final MutableInteger done = new MutableInteger();
            striped.listener((token, status) -> done.increment());
            final UnsafeBuffer data = new UnsafeBuffer(BufferUtil.allocateDirectAligned(1 << 18, 4096));
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 20; round++) {
                final long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                for (int i = 0; i < 2000; i++) {
                    striped.write(1, data.addressOffset(), 1 << 17, 0, false);
                    striped.zero(2, 1 << 18, 1 << 18, true);
                    striped.flush(3);
                    for (int p = 0; p < 3; p++) {
                        a.poll();
                        b.poll();
                        striped.poll();
                    }
                }
                least = Math.min(least, threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
            }
            assertTrue(done.get() > 2000, "completed: " + done.get());
            assertTrue(least < 2000, "bytes allocated for 2000 rounds of 3 operations: " + least);
        }
    }

    private void begin(final long seed) {
        this.seed = seed;
        random = new Random(seed);
        disks.clear();
        completions = 0;
        errors = 0;
        Arrays.setAll(inFlight, i -> new InFlight());
        if (random.nextBoolean()) {
            striped();
        } else {
            linear();
        }
        device.listener(this::onComplete);
        model = new byte[(int) device.size()];
        everWritten = new boolean[diskOf.length];
        known = new boolean[diskOf.length];
        memory = new UnsafeBuffer(BufferUtil.allocateDirectAligned(TAGS * (int) device.size(), 4096));
        assertEquals(device.size(), (long) diskOf.length * SECTOR, message());
    }

    private void striped() {
        final int count = 2 + random.nextInt(4);
        final int stripe = 1 + random.nextInt(4);
        final int rows = 1 + random.nextInt(8);
        final List<Extent> extents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final int before = random.nextInt(4);
            final FaultyBlockDevice disk = disk(before + rows * stripe + random.nextInt(4));
            extents.add(new Extent(disk, (long) before * SECTOR, (long) rows * stripe * SECTOR));
        }
        device = ExtentDevice.striped(extents, stripe * SECTOR, 1 + random.nextInt(TAGS));
        diskOf = new int[count * rows * stripe];
        offsetOf = new long[diskOf.length];
        int sector = 0;
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < count; i++) {
                for (int s = 0; s < stripe; s++) {
                    diskOf[sector] = i;
                    offsetOf[sector++] = extents.get(i).offset() + (long) (row * stripe + s) * SECTOR;
                }
            }
        }
    }

    private void linear() {
        final int count = 1 + random.nextInt(5);
        final List<Extent> extents = new ArrayList<>();
        final List<Integer> sectorDisks = new ArrayList<>();
        final List<Long> sectorOffsets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final int first = 1 + random.nextInt(12);
            final int gap = random.nextInt(3);
            final FaultyBlockDevice disk = disk(first + gap + 8);
            final Extent low = new Extent(disk, 0, (long) first * SECTOR);
            final Extent high = new Extent(disk, (long) (first + gap) * SECTOR,
                (1 + random.nextInt(8)) * (long) SECTOR);
            for (final Extent extent : random.nextBoolean() ? List.of(high, low) : List.of(low)) {
                extents.add(extent);
                for (long at = extent.offset(); at < extent.offset() + extent.length(); at += SECTOR) {
                    sectorDisks.add(i);
                    sectorOffsets.add(at);
                }
            }
        }
        device = ExtentDevice.linear(extents, 1 + random.nextInt(TAGS));
        diskOf = sectorDisks.stream().mapToInt(Integer::intValue).toArray();
        offsetOf = sectorOffsets.stream().mapToLong(Long::longValue).toArray();
    }

    private FaultyBlockDevice disk(final int sectors) {
        final FaultyBlockDevice disk = new FaultyBlockDevice(
            new MemoryBlockDevice((long) sectors * SECTOR, SECTOR, SECTOR, 1 + random.nextInt(4)));
        disk.reorder(random);
        disks.add(disk);
        // Sectors outside all extents keep this mark.
        new UnsafeBuffer(disk.disk().address(), (int) disk.size()).setMemory(0, (int) disk.size(), (byte) 0x7F);
        return disk;
    }

    private void operate() {
        final int tag = random.nextInt(TAGS);
        final int sectors = diskOf.length;
        final long offset = (long) random.nextInt(sectors) * SECTOR;
        final long length = (long) (1 + random.nextInt(sectors - (int) (offset / SECTOR))) * SECTOR;
        if (inFlight[tag].used || overlapsOneInFlight(offset, length)) {
            return;
        }
        if (random.nextInt(4) == 0) {
            disks.get(random.nextInt(disks.size())).refuse(random.nextInt(4));
        }
        final long address = memory.addressOffset() + tag * device.size();
        final int at = tag * (int) device.size();
        final int operation = random.nextInt(8);
        final byte value = (byte) (1 + random.nextInt(100));
        final boolean taken;
        if (operation == 0) {
            taken = device.flush(tag);
        } else if (operation == 1) {
            taken = device.zero(tag, offset, length, random.nextBoolean());
        } else if (operation < 4) {
            memory.setMemory(at, (int) length, (byte) -1);
            taken = device.read(tag, address, (int) length, offset);
        } else {
            for (int i = 0; i < length; i++) {
                memory.putByte(at + i, (byte) (value + i / SECTOR));
            }
            taken = device.write(tag, address, (int) length, offset, random.nextBoolean());
        }
        if (taken) {
            final InFlight one = inFlight[tag];
            one.used = true;
            one.read = operation == 2 || operation == 3;
            one.write = operation != 0 && !one.read;
            one.offset = offset;
            one.length = operation == 0 ? 0 : length;
            if (one.write) {
                markKnown(one, true);
                for (int i = 0; i < length; i++) {
                    model[(int) offset + i] = operation == 1 ? 0 : memory.getByte(at + i);
                }
            }
        }
    }

    private void markKnown(final InFlight one, final boolean value) {
        for (long at = one.offset; at < one.offset + one.length; at += SECTOR) {
            everWritten[(int) (at / SECTOR)] = true;
            known[(int) (at / SECTOR)] = value;
        }
    }

    private boolean overlapsOneInFlight(final long offset, final long length) {
        for (final InFlight one : inFlight) {
            if (one.used && offset < one.offset + one.length && one.offset < offset + length) {
                return true;
            }
        }
        return false;
    }

    private void onComplete(final long token, final Status status) {
        final InFlight one = inFlight[(int) token];
        assertTrue(one.used, "completed twice, or never started: " + message());
        one.used = false;
        completions++;
        if (status != Status.OK) {
            errors++;
            if (one.write) {
                markKnown(one, false);
            }
        } else if (one.read) {
            for (int i = 0; i < one.length; i++) {
                final int at = (int) one.offset + i;
                if (known[at / SECTOR]) {
                    assertEquals(model[at], memory.getByte((int) (token * device.size()) + i),
                        "byte " + at + ", " + message());
                }
            }
        }
    }

    private void pollOnce() {
        disks.get(random.nextInt(disks.size())).poll();
        device.poll();
    }

    private void drain() {
        int rounds = 0;
        while (Arrays.stream(inFlight).anyMatch(one -> one.used)) {
            disks.forEach(FaultyBlockDevice::poll);
            device.poll();
            assertTrue(rounds++ < 10_000, "an operation never completed, " + message());
        }
        assertTrue(completions > 0, message());
    }

    private void everyByteLiesWhereItBelongs() {
        for (int sector = 0; sector < diskOf.length; sector++) {
            if (known[sector]) {
                final long address = disks.get(diskOf[sector]).disk().address() + offsetOf[sector];
                final byte[] there = new byte[SECTOR];
                new UnsafeBuffer(address, SECTOR).getBytes(0, there);
                assertArrayEquals(Arrays.copyOfRange(model, sector * SECTOR, (sector + 1) * SECTOR), there,
                    "sector " + sector + ", " + message());
            }
        }
    }

    private void nothingElseWasTouched() {
        for (int i = 0; i < disks.size(); i++) {
            final FaultyBlockDevice disk = disks.get(i);
            final UnsafeBuffer image = new UnsafeBuffer(disk.disk().address(), (int) disk.size());
            for (long at = 0; at < disk.size(); at += SECTOR) {
                if (!mayBeWritten(i, at)) {
                    assertEquals(0x7F, image.getByte((int) at), "disk " + i + " offset " + at + ", " + message());
                }
            }
        }
    }

    private boolean mayBeWritten(final int disk, final long offset) {
        for (int sector = 0; sector < diskOf.length; sector++) {
            if (diskOf[sector] == disk && offsetOf[sector] == offset) {
                return everWritten[sector];
            }
        }
        return false;
    }

    private String message() {
        return "seed " + seed + ": " + device.describe();
    }
}
