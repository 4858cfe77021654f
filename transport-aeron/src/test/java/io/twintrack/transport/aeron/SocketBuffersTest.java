package io.twintrack.transport.aeron;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertTrue;

class SocketBuffersTest {
    /** 106,496 is what a system with half of Debian's default grants; 212,992 the default itself. */
    @ParameterizedTest
    @CsvSource({"1408, 106496", "1408, 212992", "8192, 212992", "65504, 212992", "65504, 4194304"})
    void bothWindowsFitWhatIsGranted(final int mtu, final int granted) {
        final LinkOptions options =
            new LinkOptions().local(End.freeAddress()).peer(End.freeAddress()).mtu(mtu).conclude();
        final SocketBuffers buffers = new SocketBuffers(options, granted, granted);
        assertTrue(buffers.dataWindow() + buffers.replyWindow() <= granted);
        assertTrue(buffers.dataWindow() >= mtu && buffers.dataWindow() <= options.receiveWindow());
        assertTrue(buffers.replyWindow() >= options.replyMtu());
    }
}
