package io.twintrack.engine.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetadataLayoutTest {
    @ParameterizedTest
    @CsvSource({"1, 4096", "4194304, 4096", "135291469824, 4096", "135291469825, 4096", "1099511627776, 4096",
        "1099511627776, 1048576", "8796093022208, 65536", "4398046511104, 512"})
    void everyPairOfBlocksHasOneMeaning(final long volumeSize, final int trackSize) {
        final MetadataLayout layout = new MetadataLayout(volumeSize, trackSize);
        int intents = 0;
        int tracks = 0;
        for (long pair = 1; pair < layout.pairs(); pair++) {
            final int block = layout.blockOf(pair);
            if (layout.isIntent(pair)) {
                assertEquals(intents++, block);
                assertEquals(pair, layout.intentPair(block));
            } else {
                assertEquals(tracks++, block);
                assertEquals(pair, layout.trackPair(block));
            }
        }
        assertEquals(layout.intentBlocks(), intents);
        assertEquals(layout.trackBlocks(), tracks);
        assertEquals(layout.pairs() * 8192, layout.length());
        assertTrue(tracks * (long) MetadataLayout.BITS_PER_BLOCK * trackSize >= volumeSize);
        assertTrue(intents * (long) MetadataLayout.BITS_PER_BLOCK * layout.regionSize() >= volumeSize);
    }

    @Test
    void refusesWhatItCannotHold() {
        assertThrows(IllegalArgumentException.class, () -> new MetadataLayout(0, 4096));
        assertThrows(IllegalArgumentException.class, () -> new MetadataLayout(1 << 20, 4095));
        assertThrows(IllegalArgumentException.class, () -> new MetadataLayout(1 << 20, 2 << 20));
        assertThrows(IllegalArgumentException.class, () -> new MetadataLayout(1L << 46, 512));
        assertThrows(IllegalArgumentException.class, () -> new MetadataLayout((1L << 50) + 1, 1 << 20));
    }
}
