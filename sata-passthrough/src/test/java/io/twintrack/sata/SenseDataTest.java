package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Against SPC-5, 4.4, SAT-4, 12.2.2.7, and what Linux 6.1's libata returned; and against noise. */
class SenseDataTest {
    private static SenseData sense(final String hex) {
        final UnsafeBuffer bytes = Bytes.of(hex);
        return new SenseData().wrap(bytes, 0, bytes.capacity());
    }

    private static AtaFault fault(final String hex) {
        return CommandResult.of(header(0), sense(hex));
    }

    /** Of a command that had 3 s. */
    private static SgHeader header(final int durationMs) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[SgHeaderV3.LENGTH]);
        bytes.putInt(40, 3000);
        bytes.putInt(76, durationMs);
        return new SgHeaderV3().wrap(bytes, 0);
    }

    /** READ DMA EXT at LBA 0123 45AB 6789h could not be corrected: the descriptor has all of the address. */
    @Test
    void descriptorFormat() {
        final String dump = "72 03 11 04 00 00 00 0e  09 0c 01 40 00 08 45 89 23 67 01 ab e0 51";
        final SenseData sense = sense(dump);
        assertTrue(sense.isDescriptor());
        assertEquals(3, sense.key());
        assertEquals(0x1104, sense.code());
        assertEquals(0x40, sense.error());
        assertEquals(0x51, sense.status());
        assertEquals(0xE0, sense.device());
        assertEquals(8, sense.count());
        assertEquals(0x0123_45AB_6789L, sense.lba());
        assertEquals(AtaFault.UNCORRECTABLE, fault(dump));
    }

    @Test
    void theDescriptorIsFoundBehindOthers() {
        final SenseData sense = sense("72 0b 00 00 00 00 00 1a  00 0a 80 00 00 00 00 00 00 00 00 00"
            + "09 0c 00 04 00 00 00 e8 00 03 00 00 40 41");
        assertEquals(0x04, sense.error());
        assertEquals(0x41, sense.status());
        assertEquals(1000, sense.lba());
    }

    /** Without the bit EXTEND there are 24 bits. */
    @Test
    void shortAddressOfADescriptor() {
        assertEquals(0xC24F00L, sense("72 01 00 1d 00 00 00 0e  09 0c 00 00 ff 00 ff 00 ff 4f ff c2 a0 50").lba());
    }

    @Test
    void fixedFormatOfSat() {
        final SenseData sense = sense("f0 00 0b 84 51 e0 01 0a  00 e8 03 00 47 03 00 00 00 00");
        assertTrue(sense.isFixed());
        assertEquals(0xB, sense.key());
        assertEquals(0x4703, sense.code());
        assertEquals(0x84, sense.error());
        assertEquals(0x51, sense.status());
        assertEquals(1000, sense.lba());
        assertEquals(AtaFault.INTERFACE_CRC, fault("f0 00 0b 84 51 e0 01 0a  00 e8 03 00 47 03 00 00 00 00"));
    }

    /** Linux before 6.11 counted the registers from byte 8 on, and delivered 18 bytes. */
    @Test
    void fixedFormatOfOlderKernels() {
        final SenseData sense = sense("70 00 0b 00 00 00 00 0a  04 41 40 00 00 00 00 00 00 e8");
        assertEquals(0x04, sense.error());
        assertEquals(0x41, sense.status());
        assertEquals(-1, sense.lba(), "the upper bits were cut off");
        assertEquals(AtaFault.ABORTED, fault("70 00 0b 00 00 00 00 0a  04 41 40 00 00 00 00 00 00 e8"));
    }

    @Test
    void withoutRegistersTheKeyDecides() {
        assertEquals(AtaFault.UNSUPPORTED, fault("70 00 05 00 00 00 00 0a 00 00 00 00 20 00 00 00 00 00"));
        assertEquals(AtaFault.ID_NOT_FOUND, fault("70 00 05 00 00 00 00 0a 00 00 00 00 21 00 00 00 00 00"));
        assertEquals(AtaFault.UNCORRECTABLE, fault("72 03 11 00 00 00 00 00"));
        assertEquals(AtaFault.LINK_RESET, fault("70 00 06 00 00 00 00 0a 00 00 00 00 29 00 00 00 00 00"));
        assertEquals(AtaFault.WRITE_PROTECTED, fault("70 00 07 00 00 00 00 0a 00 00 00 00 27 00 00 00 00 00"));
        assertEquals(AtaFault.DEVICE_FAULT, fault("70 00 04 00 00 00 00 0a 00 00 00 00 44 00 00 00 00 00"));
    }

    /** Ended for another command's sake: its own registers have no error. */
    @Test
    void anInnocentCommandMayBeResent() {
        final AtaFault fault = fault("70 00 0b 00 00 00 00 0a  00 40 00 00 00 00 00 00 00 00");
        assertEquals(AtaFault.LINK_RESET, fault);
        assertTrue(fault.isResendable());
    }

    /** libata says "aborted" of a command that it had to end after its time; Linux 6.1, a disk that was throttled. */
    @Test
    void theTimeTellsATimeOutFromAnAbort() {
        final SenseData sense = sense("70 00 0b 00 00 00 00 0a  00 40 00 00 00 00 00 00 00 00");
        assertEquals(AtaFault.TIMED_OUT, CommandResult.of(header(4297), sense));
        assertFalse(AtaFault.TIMED_OUT.isResendable());
    }

    @Test
    void whatTheDiskFoundGoodIsNoFault() {
        assertEquals(AtaFault.NONE, fault("72 01 00 1d 00 00 00 0e  09 0c 00 00 00 00 00 00 00 4f 00 c2 00 50"));
    }

    @Test
    void shortSenseDataIsSafe() {
        final String whole = "72 03 11 04 00 00 00 0e 09 0c 01 40 00 08 45 89 23 67 01 ab e0 51";
        for (int length = 0; length <= 22; length++) {
            final SenseData sense = new SenseData().wrap(Bytes.of(whole), 0, length);
            assertEquals(length == 22, sense.hasRegisters(), "length " + length);
            assertNotNull(sense.toString());
        }
    }

    @Test
    void noiseIsDecodedToSomethingAndNeverThrows() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final byte[] bytes = new byte[SenseData.ROOM];
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        final SgHeader header = header(0);
        final SenseData sense = new SenseData();
        for (int i = 0; i < 300_000; i++) {
            random.nextBytes(bytes);
            if (i % 4 != 0) {
                bytes[0] = (byte) (0x70 | random.nextInt(4) | random.nextInt(2) << 7);
                bytes[7] = (byte) random.nextInt(80);
                bytes[8] = i % 3 == 0 ? 9 : bytes[8];
                bytes[9] = i % 3 == 0 ? (byte) random.nextInt(16) : bytes[9];
            }
            sense.wrap(buffer, 0, random.nextInt(SenseData.ROOM + 1));
            assertNotNull(CommandResult.of(header, sense), "seed " + seed);
            assertTrue(sense.lba() >= -1 && sense.lba() < 1L << 48, "seed " + seed);
            assertTrue(sense.hasRegisters() || sense.status() == 0 && sense.error() == 0, "seed " + seed);
        }
        assertFalse(new SenseData().wrap(buffer, 0, 0).isPresent());
    }
}
