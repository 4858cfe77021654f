package io.twintrack.node.socket;

import io.twintrack.uring.Ring;
import io.twintrack.uring.Sockets;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.IntHashSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;

/**
 * Stream sockets on the HBA's ring: operations leave with its submit, completions come from its poll. Every operation
 * names a token (0 to 2^47 - 1) that comes back with its completion.
 * Memory that an operation points to stays valid until then; so does its {@link IoVector}. Short transfers are reported
 * as such, the caller continues them.
 *
 * <p>An operation that returns {@code false} was not started: try again in a later cycle. One that is started always
 * completes. At most one accept, one receive and one send are pending on a socket.
 *
 * <p>Threading: HBA's thread only. The listener is never called from within an operation.
 */
public final class SocketPort implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketPort.class);
    private static final int BACKLOG = 128;
    /** In the ring's token: the result is a new descriptor. */
    private static final long ACCEPT = 1L << 47;

    private final Ring ring;
    private final int owner;
    private final IntHashSet open = new IntHashSet();
    private final Int2ObjectHashMap<SocketAddress> listening = new Int2ObjectHashMap<>();
    private SocketListener listener;

    public SocketPort(final Ring ring) {
        this.ring = ring;
        owner = ring.register((token, result, cqeFlags) -> onCompletion(token, result));
    }

    /** Completions go here from now on. Set once, before the first operation. */
    public void listener(final SocketListener listener) {
        this.listener = listener;
    }

    /**
     * Opens a listening socket.
     *
     * @param address an {@link java.net.InetSocketAddress}, port 0 for any free one, or a
     *                {@link java.net.UnixDomainSocketAddress}, whose path must not exist.
     * @return the socket.
     */
    public int listen(final SocketAddress address) throws IOException {
        try {
            return address instanceof UnixDomainSocketAddress
                ? listenUnix((UnixDomainSocketAddress) address) : listenTcp((InetSocketAddress) address);
        } catch (final IllegalStateException ex) {
            throw new IOException(ex.getMessage(), ex);
        }
    }

    /** Where a listening socket listens, with the port that it got. */
    public SocketAddress localAddress(final int socket) {
        return listening.get(socket);
    }

    public boolean accept(final long token, final int socket) {
        return ring.accept(owner, token | ACCEPT, socket);
    }

    public boolean receive(final long token, final int socket, final IoVector vector) {
        return vector.count() == 1
            ? ring.recv(owner, token, socket, vector.address(0), vector.length(0), 0)
            : ring.recvmsg(owner, token, socket, vector.messageAddress(), 0);
    }

    public boolean send(final long token, final int socket, final IoVector vector) {
        return vector.count() == 1
            ? ring.send(owner, token, socket, vector.address(0), vector.length(0), 0)
            : ring.sendmsg(owner, token, socket, vector.messageAddress(), 0);
    }

    /** Ends both directions: what is pending completes soon, the peer sees the end. Harmless if already ended. */
    public void shutdown(final int socket) {
        Sockets.shutdown(socket);
    }

    /** Gives the socket up. Nothing is pending on it. A Unix socket that listened is removed from the file system. */
    public void close(final int socket) {
        if (!open.remove(socket)) {
            throw new IllegalStateException("socket " + socket + " is not open");
        }
        ring.unregisterFile(socket);
        Sockets.close(socket);
        removePath(listening.remove(socket));
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            close(open.iterator().nextValue());
        }
    }

    private int listenTcp(final InetSocketAddress address) {
        final int socket = Sockets.listenTcp(address, BACKLOG);
        // What is accepted inherits it (tcp(7) does not say so; Linux copies the listener's state).
        Sockets.noDelay(socket);
        return listen(socket, new InetSocketAddress(address.getAddress(), Sockets.localPort(socket)));
    }

    private int listenUnix(final UnixDomainSocketAddress address) {
        return listen(Sockets.listenUnix(address.getPath(), BACKLOG), address);
    }

    private int listen(final int socket, final SocketAddress address) {
        open.add(socket);
        listening.put(socket, address);
        return socket;
    }

    private void onCompletion(final long token, final int result) {
        if ((token & ACCEPT) != 0 && result >= 0) {
            open.add(result);
            ring.registerFile(result);
        }
        listener.onSocketComplete(token & ~ACCEPT, result);
    }

    private static void removePath(final SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress) {
            try {
                Files.deleteIfExists(((UnixDomainSocketAddress) address).getPath());
            } catch (final IOException ex) {
                LOG.warn("removing a socket's path: {}", ex.toString());
            }
        }
    }
}
