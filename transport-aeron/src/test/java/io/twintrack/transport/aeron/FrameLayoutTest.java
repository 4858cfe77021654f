package io.twintrack.transport.aeron;

import io.twintrack.engine.port.ReplicaLink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FrameLayoutTest {
    @ParameterizedTest
    @CsvSource({"1408, 128, 1024", "1472, 128, 1024", "4096, 128, 3584", "8192, 480, 4096", "8972, 480, 8192",
        "16384, 480, 12288", "65504, 480, 61440"})
    void payloadsAreWholePagesOrSectors(final int mtu, final int headerLength, final int payload) {
        final FrameLayout layout = FrameLayout.ofData(mtu);
        assertEquals(headerLength, layout.headerLength());
        assertEquals(headerLength + payload, layout.maxFrameLength());
    }

    @Test
    void everyMtuLeavesRoomForTheSealAndALongestFrame() {
        for (int mtu = LinkOptions.MIN_MTU; mtu <= LinkOptions.MAX_MTU; mtu++) {
            final FrameLayout layout = FrameLayout.ofData(mtu);
            assertEquals(0, layout.aeronMtu() % 32);
            assertTrue(layout.aeronMtu() + DatagramSeal.LENGTH <= mtu);
            assertTrue(32 + layout.claimLength(layout.maxFrameLength()) <= layout.aeronMtu());
            assertEquals(0, (layout.maxFrameLength() - layout.headerLength()) % 512);
            assertTrue(layout.maxFrameLength() > layout.headerLength());
        }
    }

    @Test
    void alignedFramesFillSectors() {
        final FrameLayout layout = FrameLayout.ofData(65504);
        for (int length = 1; length <= layout.maxFrameLength(); length++) {
            final int claimed = layout.claimLength(length);
            assertTrue(claimed >= length);
            assertEquals(0, (32 + claimed) % 512);
        }
        assertEquals(0, (32 + ReplicaLink.ALIGNED_HEADER) % 512);
    }
}
