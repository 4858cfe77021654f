package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Against SAT-4 (T10/BSR INCITS 491), 12.2.2.3, byte by byte. */
class PassThrough16Test {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[24]);
    private final PassThrough16 cdb = new PassThrough16().wrap(buffer, 4);

    private String put(final AtaCommand command, final long lba, final int count, final int features,
        final int device) {
        buffer.setMemory(0, 24, (byte) 0xEE);
        cdb.put(command, lba, count, features, device, false);
        assertEquals("eeeeeeee", Bytes.hex(buffer, 0, 4));
        assertEquals("eeeeeeee", Bytes.hex(buffer, 20, 4));
        return Bytes.hex(buffer, 4, 16);
    }

    /**
     * The example that every user of the command begins with: sg_raw -r 512 /dev/sda 85 08 0e 00 00 00 01 ... ec 00.
     */
    @Test
    void identifyDeviceIsPioInWithTheLengthInTheCountField() {
        assertEquals("85080e00000001000000000000" + "00ec00", put(AtaCommand.IDENTIFY_DEVICE, 0, 1, 0, 0));
    }

    @Test
    void fortyEightBitsOfAddressAreSplitAsTheTaskFileWas() {
        assertEquals("850d0e" + "0000" + "ffee" + "66cc" + "44bb" + "22aa" + "40" + "25" + "00",
            put(AtaCommand.READ_DMA_EXT, 0x2244_66AA_BBCCL, 0xFFEE, 0, 0x40));
        assertEquals(0x2244_66AA_BBCCL, cdb.lba());
        assertEquals(0xFFEE, cdb.count());
    }

    @Test
    void queuedCommandsHaveTheirLengthInTheFeatures() {
        assertEquals("851905" + "0020" + "0000" + "00e8" + "0003" + "0000" + "c0" + "61" + "00",
            put(AtaCommand.WRITE_FPDMA_QUEUED, 1000, 0, 32, 0xC0));
        assertEquals(32, cdb.features());
        assertEquals(0x61, cdb.command());
    }

    @Test
    void queuedReadsDifferInTheirDirection() {
        assertEquals("85190d" + "0008" + "0000" + "1278" + "0056" + "0034" + "40" + "60" + "00",
            put(AtaCommand.READ_FPDMA_QUEUED, 0x1234_5678L, 0, 8, 0x40));
    }

    @Test
    void durableAndPlainWritesDifferInTheirCommandAlone() {
        assertEquals("850d06" + "0000" + "0008" + "1278" + "0056" + "0034" + "40" + "3d" + "00",
            put(AtaCommand.WRITE_DMA_FUA_EXT, 0x1234_5678L, 8, 0, 0x40));
        assertEquals("850d06" + "0000" + "0008" + "1278" + "0056" + "0034" + "40" + "35" + "00",
            put(AtaCommand.WRITE_DMA_EXT, 0x1234_5678L, 8, 0, 0x40));
    }

    /** ACS-4, 7.5: the TRIM bit is features 0, the count is in blocks of ranges. */
    @Test
    void trimSendsItsRangesAsData() {
        assertEquals("850d06" + "0001" + "0001" + "0000" + "0000" + "0000" + "40" + "06" + "00",
            put(AtaCommand.DATA_SET_MANAGEMENT, 0, 1, 1, 0x40));
    }

    @Test
    void flushHasNoData() {
        assertEquals("8507" + "00".repeat(12) + "ea00", put(AtaCommand.FLUSH_CACHE_EXT, 0, 0, 0, 0));
    }

    @Test
    void smartReturnStatusAsksForTheRegisters() {
        assertEquals("850620" + "00da" + "0000" + "0000" + "004f" + "00c2" + "00" + "b0" + "00",
            put(AtaCommand.SMART_RETURN_STATUS, 0xC24F00, 0, 0xDA, 0));
    }

    @Test
    void lengthsInLogicalSectorsSayTheirType() {
        cdb.put(AtaCommand.READ_DMA_EXT, 0, 1, 0, 0x40, true);
        assertEquals("1e", Bytes.hex(buffer, 6, 1));
    }
}
