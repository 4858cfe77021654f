package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** From a real disk's IDENTIFY data, and what its neighbours would say differently, to what is sent to it. */
class DiskTraitsTest {
    private static final long SIZE = 1_000_204_886_016L;
    private final UnsafeBuffer block = IdentifyBlocks.hitachi();
    private final IdentifyData data = new IdentifyData().wrap(block, 0);

    /** Word 76, bit 8. */
    private void withoutNcq() {
        word(76, data.word(76) & ~0x0100);
    }

    private void word(final int index, final int value) {
        IdentifyBlocks.word(block, index, value);
    }

    private static SysDisk system(final int queueDepth, final long size) {
        return new SysDisk("/dev/sda", false, "sda", "sg0", 672 << 10, queueDepth, 32, size);
    }

    private DiskTraits traits() {
        return DiskTraits.of(data, system(32, SIZE), SataOptions.DEFAULT);
    }

    @Test
    void aDiskWithNcqIsQueuedAndWrittenDurablyByItsBit() {
        final DiskTraits traits = traits();
        assertEquals(SIZE, traits.size());
        assertEquals(32, traits.commands());
        assertEquals(672 << 10, traits.maxTransfer());
        assertEquals(AtaCommand.READ_FPDMA_QUEUED, traits.read(false));
        assertEquals(AtaCommand.WRITE_FPDMA_QUEUED, traits.write(true, false));
        assertEquals(0xC0, traits.device(AtaCommand.WRITE_FPDMA_QUEUED, 0, true));
        assertFalse(traits.needsFlushAfter(AtaCommand.WRITE_FPDMA_QUEUED));
        assertEquals(AtaCommand.FLUSH_CACHE_EXT, traits.flush());
        assertTrue(traits.writeCache());
    }

    @Test
    void theQueueIsTheLesserOfTheDisksAndTheSystemsAndOfWhatIsAskedFor() {
        assertEquals(31, DiskTraits.of(data, system(31, SIZE), SataOptions.DEFAULT).commands());
        assertEquals(8, DiskTraits.of(data, system(32, SIZE), SataOptions.DEFAULT.commands(8)).commands());
        word(75, 3);
        assertEquals(4, traits().commands());
        final DiskTraits off = DiskTraits.of(data, system(1, SIZE), SataOptions.DEFAULT);
        assertFalse(off.queued(), "the system does not use it");
        assertEquals(2, off.commands());
        assertEquals(AtaCommand.READ_DMA_EXT, off.read(false));
    }

    /** Word 84, bit 6. */
    @Test
    void withoutNcqTheFuaCommandIsNextAndThenTheFlush() {
        withoutNcq();
        assertEquals(AtaCommand.WRITE_DMA_FUA_EXT, traits().write(true, false));
        assertEquals(AtaCommand.WRITE_DMA_EXT, traits().write(false, false));
        assertFalse(traits().needsFlushAfter(AtaCommand.WRITE_DMA_FUA_EXT));
        word(84, data.word(84) & ~0x0040);
        assertEquals(AtaCommand.WRITE_DMA_EXT, traits().write(true, false));
        assertTrue(traits().needsFlushAfter(AtaCommand.WRITE_DMA_EXT));
    }

    /** Word 83, bit 10; words 60 and 61 have the size then. */
    @Test
    void with28BitsTheSizeIsThatOfTheOldWordsAndCommandsAreShorter() {
        word(83, data.word(83) & ~0x0400);
        final DiskTraits traits = DiskTraits.of(data, system(32, 0), SataOptions.DEFAULT);
        assertEquals(0x0FFF_FFFFL * 512, traits.size());
        assertEquals(256 * 512, traits.maxTransfer());
        assertEquals(AtaCommand.READ_DMA, traits.read(false));
        assertEquals(AtaCommand.WRITE_DMA, traits.write(true, false));
        assertEquals(AtaCommand.FLUSH_CACHE, traits.flush());
        assertEquals(0x4F, traits.device(AtaCommand.WRITE_DMA, 0x0F12_3456L, true));
    }

    @Test
    void whatTheSystemHidesOfADiskIsNotThere() {
        assertEquals(SIZE / 2, DiskTraits.of(data, system(32, SIZE / 2), SataOptions.DEFAULT).size());
        assertEquals(SIZE, DiskTraits.of(data, system(32, 2 * SIZE), SataOptions.DEFAULT).size());
    }

    /** Words 169 bit 0, and 69 bits 14 (DRAT) and 5 (RZAT). */
    @Test
    void trimTakesThePromiseOfZeros() {
        word(69, 0x4020);
        assertFalse(traits().trim(), "without the command a promise is none");
        word(169, 1);
        assertTrue(traits().trim());
        for (final int promise : new int[] {0x4000, 0x0020, 0}) {
            word(69, promise);
            assertFalse(traits().trim());
            assertTrue(DiskTraits.of(data, system(32, SIZE), SataOptions.DEFAULT.trustTrim(true)).trim());
        }
    }
}
