package io.twintrack.transport.aeron;

import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.twintrack.engine.port.ReplicaLink;
import org.agrona.BitUtil;

/**
 * How frames lie in datagrams of a given size, and so in the term buffers of both sides.
 *
 * <pre>
 *   datagram   [ Aeron frame | Aeron frame | ... | seal 8 ]                       at most mtu bytes
 *   aligned    [ Aeron header 32 | frame header 480 | payload | padding ]         a multiple of 512 bytes
 *   compact    [ Aeron header 32 | frame header 128 | payload ]
 * </pre>
 *
 * In the aligned layout every frame of the stream, small ones too, fills a multiple of 512 bytes, so that each payload
 * starts on a sector boundary of the receiver's page-aligned term buffer. It is used wherever a payload of 4 KiB fits
 * one frame; in smaller datagrams its header area would cost more than the copy that it saves.
 */
final class FrameLayout {
    static final int SECTOR = 512;
    private static final int PAGE = 4096;
    private static final int AERON_HEADER = DataHeaderFlyweight.HEADER_LENGTH;

    private final int aeronMtu;
    private final boolean aligned;

    private FrameLayout(final int aeronMtu, final boolean aligned) {
        this.aeronMtu = aeronMtu;
        this.aligned = aligned;
    }

    /** @param mtu longest datagram in bytes, seal included. */
    static FrameLayout ofData(final int mtu) {
        final int aeronMtu = aeronMtu(mtu);
        return new FrameLayout(aeronMtu, aeronMtu >= SECTOR + PAGE);
    }

    /** Replies are small and never written to a disk: they need no alignment. */
    static FrameLayout ofReplies(final int mtu) {
        return new FrameLayout(aeronMtu(mtu), false);
    }

    private static int aeronMtu(final int mtu) {
        return BitUtil.align(mtu - DatagramSeal.LENGTH - FrameDescriptor.FRAME_ALIGNMENT + 1,
            FrameDescriptor.FRAME_ALIGNMENT);
    }

    /** What Aeron may put in a datagram, in bytes: room for the seal is left. */
    int aeronMtu() {
        return aeronMtu;
    }

    boolean aligned() {
        return aligned;
    }

    int headerLength() {
        return aligned ? ReplicaLink.ALIGNED_HEADER : ReplicaLink.COMPACT_HEADER;
    }

    /** Header area plus the longest payload that is a multiple of 4 KiB where one fits, else of 512 bytes. */
    int maxFrameLength() {
        final int room = aeronMtu - AERON_HEADER - headerLength();
        final int payload = room >= PAGE ? room / PAGE * PAGE : room / SECTOR * SECTOR;
        return headerLength() + payload;
    }

    /** @return bytes to claim for a frame of this length. */
    int claimLength(final int frameLength) {
        return aligned ? BitUtil.align(AERON_HEADER + frameLength, SECTOR) - AERON_HEADER : frameLength;
    }
}
