package io.twintrack.transport.aeron;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import org.agrona.concurrent.status.AtomicCounter;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;

/** The socket on which a link hears the peer's two streams and answers with status messages, NAKs and errors. */
final class SealedReceiveEndpoint extends ReceiveChannelEndpoint implements OpenSockets.Socket {
    /** The longest control message is an error frame with its text. */
    private static final int MAX_CONTROL_LENGTH = 2048;

    private final OpenSockets openSockets;
    private final DatagramSeal sendSeal = new DatagramSeal();
    private final DatagramSeal receiveSeal = new DatagramSeal();
    private final ByteBuffer control = ByteBuffer.allocateDirect(MAX_CONTROL_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer trailer = ByteBuffer.allocateDirect(DatagramSeal.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private LinkSockets link;

    SealedReceiveEndpoint(
        final UdpChannel udpChannel, final DataPacketDispatcher dispatcher, final AtomicCounter statusIndicator,
        final MediaDriver.Context context, final LinkSockets link, final OpenSockets openSockets) {
        super(udpChannel, dispatcher, statusIndicator, context);
        this.link = link;
        this.openSockets = openSockets;
    }

    @Override
    public DatagramChannel channel() {
        return receiveDatagramChannel;
    }

    @Override
    public void serve(final LinkSockets other) {
        if (other.local().equals(link.local())) {
            link = other;
        }
    }

    @Override
    public void openDatagramChannel(final AtomicCounter statusIndicator) {
        super.openDatagramChannel(statusIndicator);
        openSockets.add(this);
    }

    @Override
    public void close() {
        openSockets.remove(this);
        super.close();
    }

    @Override
    public InetSocketAddress receive(final ByteBuffer buffer) {
        final InetSocketAddress source = super.receive(buffer);
        if (source == null || !link.unseal(receiveSeal, buffer)) {
            return null;
        }
        openSockets.onReceived();
        return source;
    }

    /** Control messages are small and their socket is not connected: they are copied behind each other and sent. */
    @Override
    public int sendTo(final ByteBuffer buffer, final InetSocketAddress remoteAddress) {
        final int length = buffer.remaining();
        sendSeal.seal(buffer, link.incarnation(), trailer.clear());
        control.clear();
        control.put(buffer).put(trailer).flip();
        final int sent = super.sendTo(control, remoteAddress);
        if (sent == 0) {
            link.counters().increment(LinkCounter.SHORT_SENDS);
            return 0;
        }
        link.counters().increment(LinkCounter.DATAGRAMS_SENT);
        return length;
    }
}
