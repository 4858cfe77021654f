package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Against ACS-4, 7.5.3 (LBA range entries). */
class TrimRangeTest {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[TrimRange.BLOCK]);

    @Test
    void aShortRangeIsOneEntryAndTheRestIsNone() {
        buffer.setMemory(0, TrimRange.BLOCK, (byte) 0xEE);
        TrimRange.fill(buffer, 0, 0x0123_4567_89ABL, 8);
        assertEquals("ab89674523010800" + "00".repeat(504), Bytes.hex(buffer, 0, TrimRange.BLOCK));
    }

    @Test
    void aLongRangeIsSplitWithoutAGap() {
        TrimRange.fill(buffer, 0, 10, TrimRange.mostSectors());
        for (int i = 0; i < 64; i++) {
            assertEquals(0xFFFFL << 48 | 10 + i * 0xFFFFL, buffer.getLong(8 * i), "entry " + i);
        }
    }
}
