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

/** Sockets on the HBA's ring: operations wait for its submit, completions come from its poll. */
public final class RingSocketPort implements SocketPort {
    private static final Logger LOG = LoggerFactory.getLogger(RingSocketPort.class);
    private static final int BACKLOG = 128;
    /** In the ring's token: the result is a new descriptor. */
    private static final long ACCEPT = 1L << 47;

    private final Ring ring;
    private final int owner;
    private final IntHashSet open = new IntHashSet();
    private final Int2ObjectHashMap<SocketAddress> listening = new Int2ObjectHashMap<>();
    private SocketListener listener;

    public RingSocketPort(final Ring ring) {
        this.ring = ring;
        owner = ring.register((token, result, cqeFlags) -> onCompletion(token, result));
    }

    @Override
    public void listener(final SocketListener listener) {
        this.listener = listener;
    }

    @Override
    public int listen(final SocketAddress address) throws IOException {
        try {
            return address instanceof UnixDomainSocketAddress
                ? listenUnix((UnixDomainSocketAddress) address) : listenTcp((InetSocketAddress) address);
        } catch (final IllegalStateException ex) {
            throw new IOException(ex.getMessage(), ex);
        }
    }

    @Override
    public SocketAddress localAddress(final int socket) {
        return listening.get(socket);
    }

    @Override
    public boolean accept(final long token, final int socket) {
        return ring.accept(owner, token | ACCEPT, socket);
    }

    @Override
    public boolean receive(final long token, final int socket, final IoVector vector) {
        return vector.count() == 1
            ? ring.recv(owner, token, socket, vector.address(0), vector.length(0), 0)
            : ring.recvmsg(owner, token, socket, vector.messageAddress(), 0);
    }

    @Override
    public boolean send(final long token, final int socket, final IoVector vector) {
        return vector.count() == 1
            ? ring.send(owner, token, socket, vector.address(0), vector.length(0), 0)
            : ring.sendmsg(owner, token, socket, vector.messageAddress(), 0);
    }

    @Override
    public void shutdown(final int socket) {
        Sockets.shutdown(socket);
    }

    @Override
    public void close(final int socket) {
        if (!open.remove(socket)) {
            throw new IllegalStateException("socket " + socket + " is not open");
        }
        ring.unregisterFile(socket);
        Sockets.close(socket);
        removePath(listening.remove(socket));
    }

    @Override
    public int poll() {
        return 0;
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
