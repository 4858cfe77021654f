package io.twintrack.transport.aeron;

import io.aeron.driver.DriverConductorProxy;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.StatusMessageFlyweight;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;

/** The socket that sends a link's two streams and hears the peer's status messages, NAKs and errors. */
final class SealedSendEndpoint extends SendChannelEndpoint implements OpenSockets.Socket {
    private final OpenSockets openSockets;
    private final DatagramSeal sendSeal = new DatagramSeal();
    private final DatagramSeal receiveSeal = new DatagramSeal();
    private final ByteBuffer trailer = ByteBuffer.allocateDirect(DatagramSeal.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer[] gather = new ByteBuffer[]{null, trailer};
    private LinkSockets link;

    SealedSendEndpoint(
        final UdpChannel udpChannel, final AtomicCounter statusIndicator, final MediaDriver.Context context,
        final LinkSockets link, final OpenSockets openSockets) {
        super(udpChannel, statusIndicator, context);
        this.link = link;
        this.openSockets = openSockets;
    }

    @Override
    public DatagramChannel channel() {
        return sendDatagramChannel;
    }

    @Override
    public void serve(final LinkSockets other) {
        if (other.peer().equals(link.peer())) {
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

    /** One gathering write of what Aeron wants to send, where it lies, and the seal. */
    @Override
    public int send(final ByteBuffer buffer) {
        if (sendDatagramChannel == null || !sendDatagramChannel.isConnected()) {
            return 0;
        }
        sendSeal.seal(buffer, link.incarnation(), trailer.clear());
        gather[0] = buffer;
        try {
            final int sent = (int) sendDatagramChannel.write(gather);
            if (sent > 0) {
                link.counters().increment(LinkCounter.DATAGRAMS_SENT);
                return sent - DatagramSeal.LENGTH;
            }
        } catch (final PortUnreachableException ignored) {
            // The peer's process is not there now. Aeron's time-outs find out.
        } catch (final IOException ex) {
            onSendError(ex, connectAddress, errorHandler);
        }
        link.counters().increment(LinkCounter.SHORT_SENDS);
        return 0;
    }

    /** Aeron uses it for multiple destinations and response channels, which a link has not. */
    @Override
    public int send(final ByteBuffer buffer, final InetSocketAddress endpointAddress) {
        throw new UnsupportedOperationException("a link sends to its connected peer only");
    }

    @Override
    public InetSocketAddress receive(final ByteBuffer buffer) {
        final InetSocketAddress source = super.receive(buffer);
        return source != null && link.unseal(receiveSeal, buffer) ? source : null;
    }

    @Override
    public void onStatusMessage(
        final StatusMessageFlyweight message, final UnsafeBuffer buffer, final int length,
        final InetSocketAddress source, final DriverConductorProxy conductorProxy) {
        final int flags = message.flags();
        if ((flags & StatusMessageFlyweight.SEND_SETUP_FLAG) == 0) {
            link.onStatusMessage(message.sessionId(), message.streamId(),
                (flags & StatusMessageFlyweight.END_OF_STREAM_FLAG) == 0
                    ? receiveSeal.incarnation() : LinkSockets.NOBODY);
        }
        super.onStatusMessage(message, buffer, length, source, conductorProxy);
    }
}
