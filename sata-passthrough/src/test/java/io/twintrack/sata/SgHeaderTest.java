package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/**
 * Against the structures in the kernel's include/uapi/scsi/sg.h and linux/bsg.h, as x86-64 and aarch64 lay them out.
 */
class SgHeaderTest {
    private static final long CDB = 0x1111_2222_3333_4444L;
    private static final long SENSE = 0x5555_6666_7777_8888L;
    private static final long DATA = 0x0123_4567_89AB_CDEFL;

    @Test
    void version3AsSent() {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[SgHeaderV3.LENGTH]);
        new SgHeaderV3().wrap(buffer, 0).put(AtaCommand.Direction.OUT, CDB, SENSE, 64, DATA, 4096, 10_000, 7);
        assertEquals("53000000" + "feffffff" + "10" + "40" + "0000" + "00100000" + "efcdab8967452301"
            + "4444333322221111" + "8888777766665555" + "10270000" + "01000000" + "00000000" + "00000000"
            + "0700000000000000" + "00".repeat(24), Bytes.hex(buffer, 0, SgHeaderV3.LENGTH));
    }

    @Test
    void version3AsReturned() {
        final UnsafeBuffer buffer = Bytes.of("53000000fdffffff10400000" + "00".repeat(28) + "b80b0000"
            + "00".repeat(12) + "1f00000000000000" + "02" + "01" + "00" + "16" + "0700" + "0800" + "00020000"
            + "d2040000" + "03000000" + "00000000");
        final SgHeaderV3 header = new SgHeaderV3().wrap(buffer, 0);
        assertEquals(SgHeaderV3.LENGTH, buffer.capacity());
        assertEquals(3000, header.timeoutMs());
        assertEquals(31, header.user());
        assertEquals(2, header.deviceStatus());
        assertEquals(22, header.senseLength());
        assertEquals(7, header.hostStatus());
        assertEquals(8, header.driverStatus());
        assertEquals(512, header.residual());
        assertEquals(1234, header.durationMs());
        assertTrue(header.wasDirect());
    }

    @Test
    void version4AsSent() {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[SgHeaderV4.LENGTH]);
        final SgHeaderV4 header = new SgHeaderV4().wrap(buffer, 0);
        header.put(AtaCommand.Direction.IN, CDB, SENSE, 64, DATA, 4096, 10_000, 7);
        assertEquals("51000000" + "0000000000000000" + "10000000" + "4444333322221111" + "00".repeat(20) + "40000000"
            + "8888777766665555" + "00".repeat(12) + "00100000" + "00".repeat(8) + "efcdab8967452301" + "10270000"
            + "00000000" + "0700000000000000" + "00".repeat(56), Bytes.hex(buffer, 0, SgHeaderV4.LENGTH));
        header.put(AtaCommand.Direction.OUT, CDB, SENSE, 64, DATA, 4096, 10_000, 7);
        assertEquals("00100000" + "00000000" + "00000000" + "efcdab8967452301" + "0000000000000000",
            Bytes.hex(buffer, 60, 28));
    }

    @Test
    void version4AsReturned() {
        final UnsafeBuffer buffer = Bytes.of("51" + "00".repeat(87) + "b80b0000" + "00".repeat(16) + "08000000"
            + "03000000" + "02000000" + "00000000" + "00000000" + "d2040000" + "16000000" + "00020000"
            + "00".repeat(20));
        final SgHeaderV4 header = new SgHeaderV4().wrap(buffer, 0);
        assertEquals(SgHeaderV4.LENGTH, buffer.capacity());
        assertEquals(3000, header.timeoutMs());
        assertEquals(8, header.driverStatus());
        assertEquals(3, header.hostStatus());
        assertEquals(2, header.deviceStatus());
        assertEquals(1234, header.durationMs());
        assertEquals(22, header.senseLength());
        assertEquals(512, header.residual());
    }
}
