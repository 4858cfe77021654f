package io.twintrack.transport.aeron;

import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import io.aeron.protocol.SetupFlyweight;
import io.aeron.protocol.StatusMessageFlyweight;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.util.HashSet;
import java.util.Set;

/**
 * A node made of a socket and datagrams: says what a link needs to come up with it, and anything else it is told to,
 * under a good seal.
 */
final class HandmadePeer implements AutoCloseable {
    static final int TERM = 64 << 10;
    static final int MTU = 1376;

    /** Where its streams begin and how they are cut. */
    record Start(int initialTermId, int activeTermId, int termOffset, int termLength, int mtu) {
    }

    private final InetSocketAddress link;
    private final DatagramChannel channel;
    private final DatagramSeal seal = new DatagramSeal();
    private final ByteBuffer trailer = ByteBuffer.allocateDirect(DatagramSeal.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer heard = ByteBuffer.allocateDirect(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer said = ByteBuffer.allocateDirect(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private final int[] linkTermIds = new int[LinkStream.values().length];
    private InetSocketAddress linkSender;
    private final Set<Integer> linkIncarnations = new HashSet<>();
    private int linkIncarnation;
    private int incarnation;
    private Start start;
    private long sent;

    /** @param link where it hears this peer, which has the address that the link takes for its peer's. */
    HandmadePeer(final InetSocketAddress address, final InetSocketAddress link) throws IOException {
        this.link = link;
        channel = DatagramChannel.open().bind(address);
        channel.configureBlocking(false);
    }

    void live(final int incarnation, final Start start) {
        this.incarnation = incarnation;
        this.start = start;
    }

    Start start() {
        return start;
    }

    int incarnation() {
        return incarnation;
    }

    int linkIncarnation() {
        return linkIncarnation;
    }

    /** @return datagrams. */
    long sent() {
        return sent;
    }

    /** Takes all that the link sent, and remembers who it is now: what it was before may say a last word. */
    void hear() throws IOException {
        InetSocketAddress from = (InetSocketAddress) channel.receive(heard.clear());
        while (from != null) {
            if (heard.position() >= SetupFlyweight.HEADER_LENGTH + DatagramSeal.LENGTH
                && heard.getShort(HeaderFlyweight.TYPE_FIELD_OFFSET) == HeaderFlyweight.HDR_TYPE_SETUP) {
                onSetup(from, heard.getInt(12), LinkStream.of(heard.getInt(16)), heard.getInt(20));
            }
            from = (InetSocketAddress) channel.receive(heard.clear());
        }
    }

    private void onSetup(
        final InetSocketAddress from, final int incarnation, final LinkStream stream, final int initialTermId) {
        if (linkIncarnations.add(incarnation)) {
            linkSender = from;
            linkIncarnation = incarnation;
        }
        if (incarnation == linkIncarnation) {
            linkTermIds[stream.ordinal()] = initialTermId;
        }
    }

    /** All that a life needs: its streams, one frame with its number in each, and an ear for the link's own. */
    void sayAllOfALife() throws IOException {
        for (final LinkStream stream : LinkStream.values()) {
            setup(stream);
            status(stream);
            frame(stream);
        }
    }

    private void setup(final LinkStream stream) throws IOException {
        final SetupFlyweight setup = new SetupFlyweight(said);
        setup.sessionId(incarnation).streamId(stream.id()).initialTermId(start.initialTermId)
            .activeTermId(start.activeTermId).termOffset(start.termOffset).termLength(start.termLength)
            .mtuLength(start.mtu).ttl(0);
        sendControl(setup, HeaderFlyweight.HDR_TYPE_SETUP, SetupFlyweight.HEADER_LENGTH, true);
    }

    private void status(final LinkStream stream) throws IOException {
        final StatusMessageFlyweight status = new StatusMessageFlyweight(said);
        status.sessionId(linkIncarnation).streamId(stream.id()).consumptionTermId(linkTermIds[stream.ordinal()])
            .consumptionTermOffset(0).receiverWindowLength(TERM / 4).receiverId(incarnation);
        sendControl(status, HeaderFlyweight.HDR_TYPE_SM, StatusMessageFlyweight.HEADER_LENGTH, false);
    }

    private void sendControl(
        final HeaderFlyweight message, final int type, final int length, final boolean toReceiver) throws IOException {
        message.version((short) 0).flags((short) 0).headerType(type).frameLength(length);
        sendSealed(length, toReceiver);
    }

    private void frame(final LinkStream stream) throws IOException {
        final DataHeaderFlyweight frame = new DataHeaderFlyweight(said);
        frame.sessionId(incarnation).streamId(stream.id()).termId(start.activeTermId).termOffset(start.termOffset)
            .reservedValue(0).version((short) 0).flags(DataHeaderFlyweight.BEGIN_AND_END_FLAGS)
            .headerType(HeaderFlyweight.HDR_TYPE_DATA).frameLength(DataHeaderFlyweight.HEADER_LENGTH + Long.BYTES);
        said.putLong(DataHeaderFlyweight.HEADER_LENGTH, incarnation);
        sendSealed(2 * DataHeaderFlyweight.HEADER_LENGTH, true);
    }

    private void sendSealed(final int length, final boolean toReceiver) throws IOException {
        final ByteBuffer datagram = said.clear().limit(length);
        seal.seal(datagram, incarnation, trailer.clear());
        send(said.clear().position(length).put(trailer).flip(), toReceiver);
    }

    /** Sends the bytes under a seal, or without one if they cannot have it. */
    void say(final UnsafeBuffer bytes, final int length, final boolean toReceiver) throws IOException {
        bytes.getBytes(0, said.clear(), length);
        try {
            sendSealed(length, toReceiver);
        } catch (final IllegalStateException malformed) {
            send(said.clear().limit(length), toReceiver);
        }
    }

    /** To the socket that hears the peer's streams, or to the one that sends the link's own. */
    private void send(final ByteBuffer datagram, final boolean toReceiver) throws IOException {
        if (toReceiver || linkSender != null) {
            channel.send(datagram, toReceiver ? link : linkSender);
            sent++;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
