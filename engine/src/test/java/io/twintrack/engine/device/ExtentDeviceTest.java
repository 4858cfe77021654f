package io.twintrack.engine.device;

import io.twintrack.engine.Status;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.*;

class ExtentDeviceTest {
    private static final int SECTOR = 512;

    private final UnsafeBuffer data = new UnsafeBuffer(BufferUtil.allocateDirectAligned(256 * SECTOR, 4096));
    private final List<FaultyBlockDevice> disks = new ArrayList<>();
    private final List<Long> tokens = new ArrayList<>();
    private final List<Status> statuses = new ArrayList<>();

    @AfterEach
    void close() {
        disks.forEach(FaultyBlockDevice::close);
    }

    @Test
    void aPartOfADiskTouchesNothingBesideIt() {
        final FaultyBlockDevice disk = disk(10, 8);
        final ExtentDevice part = listen(ExtentDevice.linear(List.of(new Extent(disk, 2 * SECTOR, 4 * SECTOR)), 4));
        assertEquals(4 * SECTOR, part.size());
        data.setMemory(0, 4 * SECTOR, (byte) 1);
        assertTrue(part.write(9, data.addressOffset(), 4 * SECTOR, 0, false));
        assertTrue(part.write(10, data.addressOffset(), SECTOR, 4 * SECTOR, false));
        assertTrue(tokens.isEmpty(), "nothing completes within a call");
        poll(part);
        assertEquals(List.of(9L, 10L), tokens);
        assertEquals(List.of(Status.OK, Status.OUT_OF_RANGE), statuses);
        assertEquals("0011110000", image(disk));
    }

    @Test
    void linearExtentsFollowEachOther() {
        final FaultyBlockDevice a = disk(4, 8);
        final FaultyBlockDevice b = disk(4, 8);
        final ExtentDevice linear = listen(ExtentDevice.linear(
            List.of(new Extent(a, 2 * SECTOR, 2 * SECTOR), Extent.of(b), new Extent(a, 0, SECTOR)), 4));
        assertEquals(7 * SECTOR, linear.size());
        data.setMemory(0, 6 * SECTOR, (byte) 3);
        linear.write(1, data.addressOffset(), 6 * SECTOR, SECTOR, true);
        poll(linear);
        assertEquals("3003", image(a));
        assertEquals("3333", image(b));
        assertEquals(2, a.durableWrites());
        assertEquals(1, b.durableWrites());
        linear.zero(2, 0, 3 * SECTOR, true);
        poll(linear);
        assertEquals("3000", image(a));
        assertEquals("0333", image(b));
        assertEquals(List.of(1L, 2L), tokens);
    }

    @Test
    void stripesAreDealtInTurn() {
        final FaultyBlockDevice a = disk(4, 8);
        final FaultyBlockDevice b = disk(5, 8);
        final ExtentDevice striped = listen(ExtentDevice.striped(
            List.of(Extent.of(a), new Extent(b, SECTOR, 4 * SECTOR)), 2 * SECTOR, 4));
        for (int i = 0; i < 8; i++) {
            data.setMemory(i * SECTOR, SECTOR, (byte) (i + 1));
        }
        striped.write(1, data.addressOffset(), 8 * SECTOR, 0, false);
        poll(striped);
        assertEquals("1256", image(a));
        assertEquals("03478", image(b));
    }

    @Test
    void zeroingManyStripesIsOneOperationADisk() {
        final FaultyBlockDevice a = disk(64, 1);
        final FaultyBlockDevice b = disk(64, 1);
        final ExtentDevice striped =
            listen(ExtentDevice.striped(List.of(Extent.of(a), Extent.of(b)), SECTOR, 4));
        assertTrue(striped.zero(1, SECTOR, 126 * SECTOR, true));
        assertEquals(1, a.started());
        assertEquals(1, b.started());
        poll(striped);
        assertEquals(List.of(Status.OK), statuses);
    }

    @Test
    void aFlushGoesToEveryDiskOnce() {
        final FaultyBlockDevice a = disk(4, 8);
        final FaultyBlockDevice b = disk(4, 8);
        final ExtentDevice device = listen(ExtentDevice.linear(
            List.of(new Extent(a, 0, SECTOR), Extent.of(b), new Extent(a, SECTOR, SECTOR)), 4));
        a.hold();
        device.flush(1);
        poll(device);
        assertEquals(List.of(), tokens, "one of the disks has not answered");
        a.releaseAll();
        poll(device);
        assertEquals(List.of(1L), tokens);
        assertEquals(1, a.flushes());
        assertEquals(1, b.flushes());
        b.failFlushes(Status.IO_ERROR);
        device.flush(2);
        poll(device);
        assertEquals(List.of(Status.OK, Status.IO_ERROR), statuses);
    }

    @Test
    void theFirstErrorWinsAndIsToldAfterTheLastPart() {
        final FaultyBlockDevice a = disk(4, 8);
        final FaultyBlockDevice b = disk(4, 8);
        final ExtentDevice device = listen(ExtentDevice.linear(List.of(Extent.of(a), Extent.of(b)), 4));
        a.fail(0, 4 * SECTOR, true, true, Status.NO_SPACE);
        b.fail(0, 4 * SECTOR, true, true, Status.IO_ERROR);
        b.hold();
        device.write(1, data.addressOffset(), 8 * SECTOR, 0, false);
        poll(device);
        assertEquals(List.of(), statuses);
        b.releaseAll();
        poll(device);
        assertEquals(List.of(Status.NO_SPACE), statuses);
    }

    @Test
    void anErrorKeepsFurtherPartsFromBeingStarted() {
        final FaultyBlockDevice a = disk(64, 1);
        final FaultyBlockDevice b = disk(64, 1);
        final ExtentDevice device =
            listen(ExtentDevice.striped(List.of(Extent.of(a), Extent.of(b)), SECTOR, 4));
        a.fail(0, 64 * SECTOR, true, true, Status.IO_ERROR);
        device.write(1, data.addressOffset(), 100 * SECTOR, 0, false);
        poll(device);
        assertEquals(List.of(Status.IO_ERROR), statuses);
        assertTrue(a.started() < 10, "parts started: " + a.started());
    }

    @Test
    void aFullDiskBelowTakesNothingAtAllOrTheRestLater() {
        final FaultyBlockDevice a = disk(4, 8);
        final FaultyBlockDevice b = disk(4, 8);
        final ExtentDevice device = listen(ExtentDevice.linear(List.of(Extent.of(a), Extent.of(b)), 4));
        data.setMemory(0, 8 * SECTOR, (byte) 5);
        a.refuse(1);
        assertFalse(device.write(1, data.addressOffset(), 8 * SECTOR, 0, false), "the first part was not taken");
        b.refuse(3);
        assertTrue(device.write(2, data.addressOffset(), 8 * SECTOR, 0, false));
        assertFalse(device.flush(3), "nothing new while the rest of a write waits");
        // Nothing of this device is in flight below after the first round: only its own poll can go on.
        poll(device);
        assertEquals(List.of(2L), tokens);
        assertEquals("5555", image(a));
        assertEquals("5555", image(b));
        assertTrue(device.flush(4));
        poll(device);
    }

    @Test
    void aLongOperationLeavesRoomForOthers() {
        final FaultyBlockDevice a = disk(128, 128);
        final FaultyBlockDevice b = disk(128, 128);
        final ExtentDevice device =
            listen(ExtentDevice.striped(List.of(Extent.of(a), Extent.of(b)), SECTOR, 4));
        device.write(1, data.addressOffset(), 256 * SECTOR, 0, false);
        assertEquals(ExtentDevice.PARTS_IN_FLIGHT, a.inFlight() + b.inFlight());
        poll(device);
        assertEquals(256, a.started() + b.started());
        assertEquals(List.of(Status.OK), statuses);
    }

    @Test
    void noMoreOperationsThanTheQueueIsDeep() {
        final FaultyBlockDevice a = disk(4, 8);
        final ExtentDevice device = listen(ExtentDevice.linear(List.of(Extent.of(a)), 2));
        assertTrue(device.flush(1));
        assertTrue(device.flush(2));
        assertFalse(device.flush(3));
        poll(device);
        assertTrue(device.flush(4));
        poll(device);
        assertEquals(List.of(1L, 2L, 4L), tokens);
    }

    @Test
    void sectorAndAlignmentAreTheCoarsestBelow() {
        final MemoryBlockDevice fine = new MemoryBlockDevice(16_384, 512, 2048, 4);
        final MemoryBlockDevice coarse = new MemoryBlockDevice(16_384, 1024, 512, 4);
        try (fine; coarse) {
            final ExtentDevice both = ExtentDevice.linear(List.of(Extent.of(fine), Extent.of(coarse)), 4);
            assertEquals(2048, both.memoryAlignment());
            assertEquals(2048, both.sectorSize(), "a second part must start at an aligned address");
            assertEquals(512, ExtentDevice.linear(List.of(Extent.of(fine)), 4).sectorSize());
        }
    }

    @Test
    void layoutsThatCannotWorkAreRefused() {
        final FaultyBlockDevice a = disk(8, 8);
        final FaultyBlockDevice b = disk(4, 8);
        final Extent wholeA = Extent.of(a);
        final Extent wholeB = Extent.of(b);
        refused(() -> new Extent(a, 4 * SECTOR, 5 * SECTOR));
        refused(() -> new Extent(a, -SECTOR, SECTOR));
        refused(() -> new Extent(a, 0, 0));
        refused(() -> ExtentDevice.linear(List.of(), 4));
        refused(() -> ExtentDevice.linear(List.of(new Extent(a, 100, SECTOR)), 4));
        refused(() -> ExtentDevice.linear(List.of(wholeA, new Extent(a, 0, SECTOR)), 4));
        refused(() -> ExtentDevice.linear(List.of(wholeA), 0));
        refused(() -> ExtentDevice.striped(List.of(wholeB), SECTOR, 4));
        refused(() -> ExtentDevice.striped(List.of(wholeA, wholeB), SECTOR, 4));
        refused(() -> ExtentDevice.striped(List.of(new Extent(a, 0, 4 * SECTOR), wholeB), 3 * SECTOR, 4));
        refused(() -> ExtentDevice.striped(List.of(new Extent(a, 0, 4 * SECTOR), wholeB), 256, 4));
        refused(() -> ExtentDevice.striped(List.of(new Extent(a, 0, 4 * SECTOR), wholeB), 0, 4));
    }

    @Test
    void twoVolumesShareADisk() {
        final FaultyBlockDevice disk = disk(8, 8);
        final SharedDevice shared = new SharedDevice(disk);
        final ExtentDevice low = listen(ExtentDevice.linear(List.of(shared.extent(0, 4 * SECTOR)), 4));
        final ExtentDevice high = listen(ExtentDevice.linear(List.of(shared.extent(4 * SECTOR, 2 * SECTOR)), 4));
        refused(() -> shared.extent(5 * SECTOR, SECTOR));
        refused(() -> shared.extent(6 * SECTOR, 3 * SECTOR));
        data.setMemory(0, 8 * SECTOR, (byte) 7);
        low.write(1, data.addressOffset(), 4 * SECTOR, 0, false);
        high.write(2, data.addressOffset(), SECTOR, SECTOR, false);
        poll(low);
        assertEquals(List.of(1L, 2L), tokens);
        assertEquals("77770700", image(disk));
    }

    @Test
    void theLastExtentBecomesLongerAndShorter() {
        final FaultyBlockDevice a = disk(2, 8);
        final FaultyBlockDevice b = disk(8, 8);
        final SharedDevice shared = new SharedDevice(b);
        final ExtentDevice linear = listen(
            ExtentDevice.linear(List.of(Extent.of(a), shared.extent(SECTOR, 2 * SECTOR)), 4));
        shared.extent(6 * SECTOR, 2 * SECTOR);
        linear.resizeLast(shared.resized(linear.last(), 5 * SECTOR));
        assertEquals(7 * SECTOR, linear.size());
        data.setMemory(0, 6 * SECTOR, (byte) 4);
        linear.write(1, data.addressOffset(), 6 * SECTOR, SECTOR, false);
        poll(linear);
        assertEquals("04", image(a));
        assertEquals("04444400", image(b));
        refused(() -> shared.resized(linear.last(), 6 * SECTOR));
        refused(() -> linear.resizeLast(shared.resized(linear.last(), SECTOR + 1)));
        linear.resizeLast(shared.resized(linear.last(), SECTOR));
        assertEquals(3 * SECTOR, linear.size());
        linear.zero(2, 0, 3 * SECTOR, true);
        poll(linear);
        linear.read(3, data.addressOffset(), SECTOR, 3 * SECTOR);
        poll(linear);
        assertEquals("00", image(a));
        assertEquals("00444400", image(b));
        assertEquals(List.of(Status.OK, Status.OK, Status.OUT_OF_RANGE), statuses);
        shared.extent(2 * SECTOR, 4 * SECTOR);
    }

    @Test
    void nothingIsCutFromUnderAnOperation() {
        final FaultyBlockDevice disk = disk(8, 8);
        final ExtentDevice part = listen(ExtentDevice.linear(List.of(new Extent(disk, 0, 4 * SECTOR)), 4));
        disk.hold();
        part.write(1, data.addressOffset(), SECTOR, 3 * SECTOR, false);
        final Extent shorter = new Extent(disk, 0, 2 * SECTOR);
        assertThrows(IllegalStateException.class, () -> part.resizeLast(shorter));
        assertEquals(4 * SECTOR, part.size());
        disk.releaseAll();
        poll(part);
        part.resizeLast(shorter);
        assertEquals(2 * SECTOR, part.size());
    }

    @Test
    void stripesKeepTheirSize() {
        final FaultyBlockDevice a = disk(8, 8);
        final FaultyBlockDevice b = disk(8, 8);
        final ExtentDevice striped = ExtentDevice.striped(
            List.of(new Extent(a, 0, 4 * SECTOR), new Extent(b, 0, 4 * SECTOR)), SECTOR, 4);
        refused(() -> striped.resizeLast(new Extent(b, 0, 6 * SECTOR)));
        assertEquals(8 * SECTOR, striped.size());
    }

    private FaultyBlockDevice disk(final int sectors, final int queueDepth) {
        final FaultyBlockDevice disk =
            new FaultyBlockDevice(new MemoryBlockDevice((long) sectors * SECTOR, SECTOR, SECTOR, queueDepth));
        disks.add(disk);
        return disk;
    }

    private ExtentDevice listen(final ExtentDevice device) {
        device.listener((token, status) -> {
            tokens.add(token);
            statuses.add(status);
        });
        return device;
    }

    /** As a duty cycle does, often enough for everything that can complete. */
    private void poll(final ExtentDevice device) {
        int idle = 0;
        while (idle < 8) {
            int done = 0;
            for (final FaultyBlockDevice disk : disks) {
                done += disk.poll();
            }
            done += device.poll();
            idle = done == 0 ? idle + 1 : 0;
        }
    }

    /** One digit a sector. */
    private static String image(final FaultyBlockDevice disk) {
        final StringBuilder digits = new StringBuilder();
        final UnsafeBuffer image = new UnsafeBuffer(disk.disk().address(), (int) disk.size());
        for (int i = 0; i < disk.size(); i += SECTOR) {
            digits.append(image.getByte(i + SECTOR - 1));
        }
        return digits.toString();
    }

    private static void refused(final Executable construction) {
        assertThrows(IllegalArgumentException.class, construction);
    }
}
