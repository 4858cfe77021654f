package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Against ACS-4 (T13/BSR INCITS 529), 7.13.6: words as its table numbers them. */
class IdentifyDataTest {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[IdentifyData.LENGTH]);
    private final IdentifyData data = new IdentifyData().wrap(buffer, 0);

    private void word(final int index, final int value) {
        buffer.putShort(2 * index, (short) value, ByteOrder.LITTLE_ENDIAN);
    }

    private void text(final int first, final String text) {
        for (int i = 0; i < text.length(); i += 2) {
            word(first + i / 2, text.charAt(i) << 8 | text.charAt(i + 1));
        }
    }

    /** A disk of 4 TB with 4 KiB physical sectors, as makers sell them. */
    private void modern() {
        word(0, 0x0040);
        text(10, "            WD-WCC4E");
        text(23, "82.00A82");
        text(27, "WDC WD40EFRX-68WT0N0                    ");
        word(60, 0xFFFF);
        word(61, 0x0FFF);
        word(69, 0x4020);
        word(75, 31);
        word(76, 0x0100 | 0x000E);
        word(82, 0x0021);
        word(83, 0x4000 | 0x2000 | 0x1000 | 0x0400);
        word(84, 0x4000 | 0x0040);
        word(85, 0x0021);
        word(87, 0x4000 | 0x0100);
        word(100, 0xBEB0);
        word(101, 0xD1C0);
        word(102, 0x0001);
        word(105, 8);
        word(106, 0x4000 | 0x2000 | 3);
        word(108, 0x5001);
        word(109, 0x4EE2);
        word(110, 0x0B3C);
        word(111, 0x1234);
        word(169, 1);
        word(209, 0x4000);
        word(217, 5400);
    }

    @Test
    void aWholeBlockOfARealDisk() {
        final IdentifyData hitachi = new IdentifyData().wrap(IdentifyBlocks.hitachi(), 0);
        assertTrue(hitachi.isAta());
        assertTrue(hitachi.isIntact(), "its own checksum");
        assertEquals(new DiskIdentity("Hitachi HDE721010SLA330", "STR607MS2APNLS", 0x5000CCA35EE10C0BL, "ST6OA3AA"),
            hitachi.identity());
        assertEquals(1_000_204_886_016L, hitachi.sectors() * hitachi.logicalSector());
        assertEquals(512, hitachi.logicalSector());
        assertEquals(512, hitachi.physicalSector());
        assertEquals(0, hitachi.alignmentOffset());
        assertEquals(32, hitachi.queueDepth());
        assertTrue(hitachi.hasLba48() && hitachi.hasFuaExt() && hitachi.hasFlushExt() && hitachi.hasFlush());
        assertTrue(hitachi.hasWriteCache() && hitachi.isWriteCacheOn() && hitachi.hasSmart() && hitachi.isSmartOn());
        assertFalse(hitachi.hasTrim());
        assertEquals(7200, hitachi.rotation());
        final UnsafeBuffer damaged = IdentifyBlocks.hitachi();
        damaged.putByte(200, (byte) (damaged.getByte(200) + 1));
        assertFalse(new IdentifyData().wrap(damaged, 0).isIntact());
    }

    @Test
    void strings() {
        modern();
        assertEquals(new DiskIdentity("WDC WD40EFRX-68WT0N0", "WD-WCC4E", 0x50014EE20B3C1234L, "82.00A82"),
            data.identity());
        word(27, 0x0007);
        assertEquals("C WD40EFRX-68WT0N0", data.model(), "what cannot be printed is a space");
    }

    @Test
    void sizesAndSectors() {
        modern();
        assertTrue(data.isAta());
        assertEquals(0x1_D1C0_BEB0L, data.sectors());
        assertEquals(512, data.logicalSector());
        assertEquals(4096, data.physicalSector());
        assertEquals(0, data.alignmentOffset());
        word(209, 0x4000 | 1);
        assertEquals(512, data.alignmentOffset());
        word(106, 0x4000 | 0x1000);
        word(117, 2048);
        assertEquals(4096, data.logicalSector());
        assertEquals(4096, data.physicalSector());
    }

    @Test
    void abilities() {
        modern();
        assertEquals(32, data.queueDepth());
        assertTrue(data.hasFuaExt() && data.hasFlushExt() && data.hasWriteCache() && data.isWriteCacheOn());
        assertTrue(data.hasSmart() && data.isSmartOn() && data.hasTrim() && data.isTrimZeroing());
        assertEquals(8, data.trimBlocks());
        assertEquals(5400, data.rotation());
        word(217, 1);
        assertEquals(0, data.rotation());
        word(69, 0x0020);
        assertFalse(data.isTrimZeroing(), "zeros now and then are none");
    }

    /** The words that carry a mark of their own say nothing without it, as those of old disks. */
    @Test
    void wordsWithoutTheirMarkDoNotCount() {
        modern();
        for (final int index : new int[] {83, 84, 87, 106, 209}) {
            word(index, data.word(index) & 0x3FFF);
        }
        assertFalse(data.hasLba48() || data.hasFuaExt() || data.hasFlushExt());
        assertEquals(0x0FFFFFFF, data.sectors());
        assertEquals(1, data.queueDepth());
        assertEquals(512, data.physicalSector());
        assertEquals(0, data.wwn());
        word(83, 0xFFFF);
        assertFalse(data.hasLba48(), "nobody on the bus");
    }

    @Test
    void whatIsNoDisk() {
        assertFalse(data.isAta(), "zeros");
        modern();
        word(0, 0x8580);
        assertFalse(data.isAta(), "ATAPI");
    }

    @Test
    void aChecksumIsChecked() {
        modern();
        assertTrue(data.isIntact(), "there is none");
        word(255, 0x00A5);
        assertFalse(data.isIntact());
        int sum = 0;
        for (int i = 0; i < 511; i++) {
            sum += buffer.getByte(i);
        }
        buffer.putByte(511, (byte) -sum);
        assertTrue(data.isIntact());
    }
}
