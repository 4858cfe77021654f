package io.twintrack.transport.aeron;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.reflect.Method;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.function.IntConsumer;

/**
 * The descriptors of the driver's UDP sockets, so that an HBA can wait for datagrams before it sleeps. HBA's thread
 * only.
 */
final class OpenSockets {
    private static final Logger LOG = LoggerFactory.getLogger(OpenSockets.class);
    private static final Method GET_FD_VAL = getFdVal();

    private final ArrayList<DatagramChannel> channels = new ArrayList<>();
    private int version;

    void add(final DatagramChannel channel) {
        channels.add(channel);
        version++;
    }

    void remove(final DatagramChannel channel) {
        if (channels.remove(channel)) {
            version++;
        }
    }

    /** Changes whenever a socket is opened or closed: descriptor numbers are reused at once. */
    int version() {
        return version;
    }

    void forEach(final IntConsumer consumer) {
        for (final DatagramChannel channel : channels) {
            final int descriptor = descriptor(channel);
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
