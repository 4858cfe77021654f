package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What disks get that the guest has none of: sectors of 4 KiB, 28 bits of address, an offset of the first sector. */
class SectorRulesTest {
    private static final long MEMORY = ScriptedDisk.MEMORY;
    private static final int BLOCK = 4096;
    private static final int TRANSFER = 64 << 10;
    private ScriptedDisk disk;

    private SataBlockDevice open(final DiskTraits traits) {
        disk = new ScriptedDisk(traits);
        return disk.device;
    }

    @AfterEach
    void close() {
        disk.close();
    }

    private static DiskTraits native4K(final boolean queued) {
        return new DiskTraits(BLOCK, BLOCK, 0, 1L << 40, queued ? 4 : 2, TRANSFER, queued, true, true, true, true,
            true, -1);
    }

    private static DiskTraits bits28() {
        return new DiskTraits(512, 512, 0, 128L << 30, 2, TRANSFER, false, false, false, false, false, true, -1);
    }

    private static DiskTraits offset(final int offset) {
        return new DiskTraits(512, BLOCK, offset, 1L << 40, 4, TRANSFER, true, true, true, true, true, true, -1);
    }

    @Test
    void sectorsOf4KiBAreTheUnitOfAddressesAndCounts() {
        final SataBlockDevice device = open(native4K(true));
        assertEquals(BLOCK, device.sectorSize());
        assertTrue(device.write(1, MEMORY, 3 * BLOCK, 5L * BLOCK, true));
        assertTrue(device.read(2, MEMORY, BLOCK, (1L << 40) - BLOCK));
        assertEquals(List.of("61 lba 5 count 0 features 3 device c0", "60 lba 268435455 count 0 features 1 device 40"),
            disk.sent(1));
        disk.ends.clear();
        assertTrue(device.read(3, MEMORY, 512, 0));
        assertTrue(device.write(4, MEMORY, BLOCK, 512, false));
        assertTrue(device.zero(5, 512, BLOCK, true));
        device.poll();
        assertEquals(List.of("3 INVALID", "4 INVALID", "5 INVALID"), disk.ends);
        assertEquals(List.of(), disk.port.commands);
    }

    @Test
    void plainTransfersCountTheSameSectorsAndSayTheirType() {
        final SataBlockDevice device = open(native4K(false));
        assertTrue(device.write(1, MEMORY, 3 * BLOCK, 5L * BLOCK, true));
        assertTrue(device.read(2, MEMORY, 2 * BLOCK, 7L * BLOCK));
        assertEquals(0x10, transferType(0), "T_TYPE: logical sectors, SAT-4, table 158");
        assertEquals(List.of("3d lba 5 count 3 features 0 device 40", "25 lba 7 count 2 features 0 device 40"),
            disk.sent(1));
    }

    @Test
    void trimCountsInTheDisksSectorsAndItsRangesInBlocksOf512() {
        final SataBlockDevice device = open(native4K(true));
        assertTrue(device.zero(1, 9L * BLOCK, 20L * BLOCK, true));
        final UnsafeBuffer memory = disk.port.table().memory();
        final long range = memory.getLong(cell(0) + 512, ByteOrder.LITTLE_ENDIAN);
        assertEquals(20L << 48 | 9, range);
        assertEquals(0, transferType(0), "one block of 512 bytes, whatever the sector");
        assertEquals(List.of("06 lba 0 count 1 features 1 device 40"), disk.sent(1));
    }

    /** The cell of the command that was sent last but so many; cells are handed out from the first. */
    private static int cell(final int index) {
        return index * 1024;
    }

    private int transferType(final int index) {
        return disk.port.table().memory().getByte(cell(index) + 192 + 2) & 0x10;
    }

    /** ACS-4 made them obsolete, and disks of up to 128 GiB have no others. The device register has LBA 27 to 24. */
    @Test
    void with28BitsTheOldCommandsAreSent() {
        final SataBlockDevice device = open(bits28());
        final long last = (128L << 30) - BLOCK;
        assertTrue(device.read(1, MEMORY, BLOCK, last));
        assertTrue(device.write(2, MEMORY, BLOCK, 0x123456L * 512, false));
        assertEquals(List.of("c8 lba 268435448 count 8 features 0 device 4f",
            "ca lba 1193046 count 8 features 0 device 40"), disk.sent(1));
        assertTrue(device.write(3, MEMORY, BLOCK, 0, true));
        assertTrue(device.flush(4));
        assertEquals(List.of("ca lba 0 count 8 features 0 device 40", "e7 lba 0 count 0 features 0 device 00",
            "e7 lba 0 count 0 features 0 device 00"), disk.sent(3), "a durable write has its flush");
    }

    /** A 48-bit command's upper registers must not be used. */
    @Test
    void with28BitsTheExtendBitIsNotSet() {
        final SataBlockDevice device = open(bits28());
        assertTrue(device.read(1, MEMORY, BLOCK, 0));
        assertEquals(0, disk.port.table().memory().getByte(cell(0) + 192 + 1) & 1);
        assertEquals(1, disk.sent(1).size());
    }

    /** LBA 0 lies 512 bytes into the first physical sector: whole ones begin at LBA 7, 15, 23 and so on. */
    @Test
    void trimHonoursTheOffsetOfTheFirstSector() {
        final SataBlockDevice device = open(offset(512));
        assertTrue(device.zero(1, 0, 5L * BLOCK, true));
        assertEquals(List.of("61 lba 0 count 0 features 7 device 40", "06 lba 0 count 1 features 1 device 40",
            "61 lba 39 count 0 features 1 device 40"), disk.sent(3));
        assertTrue(device.zero(2, 7 * 512, 2L * BLOCK, true));
        assertEquals(List.of("06 lba 0 count 1 features 1 device 40"), disk.sent(2), "no edges");
        assertTrue(device.zero(3, 8 * 512, 4096, true));
        assertEquals(List.of("61 lba 8 count 0 features 7 device 40", "61 lba 15 count 0 features 1 device 40"),
            disk.sent(2), "no whole physical sector in it");
    }
}
