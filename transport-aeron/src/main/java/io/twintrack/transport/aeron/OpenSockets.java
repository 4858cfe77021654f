package io.twintrack.transport.aeron;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.reflect.Method;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.function.IntConsumer;

/**
 * The UDP sockets that the driver has open: an HBA waits on their descriptors before it sleeps. HBA's thread only.
 */
final class OpenSockets {
    private static final Logger LOG = LoggerFactory.getLogger(OpenSockets.class);
    private static final Method GET_FD_VAL = getFdVal();

    /** One of the two sockets of a link, as the driver opened it. */
    interface Socket {
        DatagramChannel channel();

        /**
         * The driver keeps a socket for a while after its link was closed, and hands it to the next link with the same
         * address.
         */
        void serve(LinkSockets link);
    }

    private final ArrayList<Socket> sockets = new ArrayList<>();
    private int version;
    private long received;

    void add(final Socket socket) {
        sockets.add(socket);
        version++;
    }

    void remove(final Socket socket) {
        if (sockets.remove(socket)) {
            version++;
        }
    }

    void serve(final LinkSockets link) {
        for (final Socket socket : sockets) {
            socket.serve(link);
        }
    }

    void onReceived() {
        received++;
    }

    /** Sound datagrams of incoming streams, over all sockets. */
    long received() {
        return received;
    }

    /** Changes whenever a socket is opened or closed: descriptor numbers are reused at once. */
    int version() {
        return version;
    }

    void forEach(final IntConsumer consumer) {
        for (final Socket socket : sockets) {
            final int descriptor = descriptor(socket.channel());
            if (descriptor >= 0) {
                consumer.accept(descriptor);
            }
        }
    }

    private static int descriptor(final DatagramChannel channel) {
        try {
            return GET_FD_VAL == null || !channel.isOpen() ? -1 : (int) GET_FD_VAL.invoke(channel);
        } catch (final ReflectiveOperationException ex) {
            throw new IllegalStateException("the socket's descriptor cannot be read", ex);
        }
    }

    private static Method getFdVal() {
        try {
            final Method method = Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
            method.setAccessible(true);
            return method;
        } catch (final ReflectiveOperationException | RuntimeException ex) {
            LOG.warn("Socket descriptors cannot be read, so an idle node polls instead of waiting for datagrams. "
                + "Start it with --add-opens java.base/sun.nio.ch=ALL-UNNAMED. ({})", ex.toString());
            return null;
        }
    }
}
