package io.twintrack.node.socket;

import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * Sockets for machines that refuse io_uring: non-blocking channels, each pending operation tried once per
 * {@link #poll()}. It costs a system call per pending operation and cycle, and a copy of all data through one staging
 * buffer.
 */
public final class NioSocketPort implements SocketPort {
    private static final Logger LOG = LoggerFactory.getLogger(NioSocketPort.class);
    private static final int ECONNRESET = 104;
    private static final int EMFILE = 24;
    private static final int STAGING_LENGTH = 256 * 1024;

    private final List<Endpoint> endpoints = new ArrayList<>();
    private final ByteBuffer staging = BufferUtil.allocateDirectAligned(STAGING_LENGTH, 4096);
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    /** Says which listening sockets have a client waiting: trying to accept in vain makes garbage. */
    private final Selector acceptors;
    private SocketListener listener;

    public NioSocketPort() {
        try {
            acceptors = Selector.open();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void listener(final SocketListener listener) {
        this.listener = listener;
    }

    @Override
    public int listen(final SocketAddress address) throws IOException {
        final boolean unix = address instanceof UnixDomainSocketAddress;
        final ServerSocketChannel channel =
            unix ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.bind(address);
            channel.register(acceptors, SelectionKey.OP_ACCEPT);
        } catch (final IOException ex) {
            channel.close();
            throw ex;
        }
        return add(channel);
    }

    @Override
    public SocketAddress localAddress(final int socket) {
        try {
            return endpoints.get(socket).channel.getLocalAddress();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public boolean accept(final long token, final int socket) {
        endpoints.get(socket).receive(token, null);
        return true;
    }

    @Override
    public boolean receive(final long token, final int socket, final IoVector vector) {
        endpoints.get(socket).receive(token, vector);
        return true;
    }

    @Override
    public boolean send(final long token, final int socket, final IoVector vector) {
        endpoints.get(socket).send(token, vector);
        return true;
    }

    @Override
    public void shutdown(final int socket) {
        final Endpoint endpoint = endpoints.get(socket);
        if (!endpoint.ended) {
            endpoint.ended = true;
            endShut(endpoint);
        }
    }

    @Override
    public void close(final int socket) {
        final Endpoint endpoint = endpoints.get(socket);
        if (endpoint.receiving || endpoint.sending) {
            throw new IllegalStateException("socket " + socket + " is in use");
        }
        endpoints.set(socket, null);
        closeChannel(endpoint);
    }

    @Override
    public int poll() {
        final boolean clientWaits = selectNow();
        int completions = 0;
        for (int i = 0; i < endpoints.size(); i++) {
            final Endpoint endpoint = endpoints.get(i);
            if (endpoint != null && (endpoint.acceptor == null || endpoint.ended || clientWaits)) {
                completions += pollIn(endpoint) + pollOut(endpoint);
            }
        }
        return completions;
    }

    @Override
    public void close() {
        for (final Endpoint endpoint : endpoints) {
            if (endpoint != null) {
                closeChannel(endpoint);
            }
        }
        endpoints.clear();
        try {
            acceptors.close();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private boolean selectNow() {
        try {
            final boolean any = acceptors.selectNow() > 0;
            if (any) {
                acceptors.selectedKeys().clear();
            }
            return any;
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private int add(final NetworkChannel channel) {
        final Endpoint endpoint = new Endpoint(channel);
        final int free = endpoints.indexOf(null);
        if (free >= 0) {
            endpoints.set(free, endpoint);
            return free;
        }
        endpoints.add(endpoint);
        return endpoints.size() - 1;
    }

    private int pollIn(final Endpoint endpoint) {
        if (!endpoint.receiving) {
            return 0;
        }
        final int result = endpoint.acceptor != null ? tryAccept(endpoint) : tryReceive(endpoint);
        if (result == Endpoint.NOT_YET) {
            return 0;
        }
        endpoint.receiving = false;
        listener.onSocketComplete(endpoint.receiveToken, result);
        return 1;
    }

    private int pollOut(final Endpoint endpoint) {
        if (!endpoint.sending) {
            return 0;
        }
        final int result = trySend(endpoint);
        if (result == Endpoint.NOT_YET) {
            return 0;
        }
        endpoint.sending = false;
        listener.onSocketComplete(endpoint.sendToken, result);
        return 1;
    }

    private int tryAccept(final Endpoint endpoint) {
        if (endpoint.ended) {
            return -ECONNRESET;
        }
        try {
            final SocketChannel accepted = endpoint.acceptor.accept();
            return accepted == null ? Endpoint.NOT_YET : addAccepted(accepted);
        } catch (final IOException ex) {
            return -EMFILE;
        }
    }

    private int addAccepted(final SocketChannel channel) throws IOException {
        try {
            channel.configureBlocking(false);
            if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
        } catch (final IOException ex) {
            channel.close();
            throw ex;
        }
        return add(channel);
    }

    private int tryReceive(final Endpoint endpoint) {
        if (endpoint.ended) {
            return 0;
        }
        final IoVector vector = endpoint.receiveVector;
        staging.clear().limit((int) Math.min(STAGING_LENGTH, vector.bytes()));
        try {
            final int received = endpoint.stream.read(staging);
            if (received <= 0) {
                return received < 0 ? 0 : Endpoint.NOT_YET;
            }
            scatter(vector, received);
            return received;
        } catch (final IOException ex) {
            return -ECONNRESET;
        }
    }

    private int trySend(final Endpoint endpoint) {
        if (endpoint.ended) {
            return -ECONNRESET;
        }
        gather(endpoint.sendVector);
        try {
            final int sent = endpoint.stream.write(staging);
            return sent == 0 ? Endpoint.NOT_YET : sent;
        } catch (final IOException ex) {
            return -ECONNRESET;
        }
    }

    private void scatter(final IoVector vector, final int received) {
        int done = 0;
        for (int i = 0; done < received; i++) {
            final int length = Math.min(vector.length(i), received - done);
            view.wrap(vector.address(i), length);
            view.putBytes(0, staging, done, length);
            done += length;
        }
    }

    private void gather(final IoVector vector) {
        int done = 0;
        for (int i = 0; i < vector.count() && done < STAGING_LENGTH; i++) {
            final int length = Math.min(vector.length(i), STAGING_LENGTH - done);
            view.wrap(vector.address(i), length);
            view.getBytes(0, staging, done, length);
            done += length;
        }
        staging.clear().limit(done);
    }

    private static void endShut(final Endpoint endpoint) {
        if (endpoint.stream != null) {
            try {
                endpoint.stream.shutdownInput();
                endpoint.stream.shutdownOutput();
            } catch (final IOException ignore) {
                // Ended by the peer before: the same for us.
            }
        }
    }

    private void closeChannel(final Endpoint endpoint) {
        try {
            if (endpoint.acceptor != null) {
                closeAcceptor(endpoint.acceptor);
            } else {
                endpoint.stream.close();
            }
        } catch (final IOException ex) {
            // The descriptor is gone all the same (close(2)): nobody could do anything about it.
            LOG.warn("closing a socket: {}", ex.toString());
        }
    }

    private void closeAcceptor(final ServerSocketChannel acceptor) throws IOException {
        final SocketAddress address = acceptor.getLocalAddress();
        acceptor.close();
        // A registered channel gives its descriptor back only now.
        acceptors.selectNow();
        if (address instanceof UnixDomainSocketAddress) {
            Files.deleteIfExists(((UnixDomainSocketAddress) address).getPath());
        }
    }

    private static final class Endpoint {
        static final int NOT_YET = Integer.MIN_VALUE;

        final NetworkChannel channel;
        final ServerSocketChannel acceptor;
        final SocketChannel stream;
        boolean receiving;
        long receiveToken;
        IoVector receiveVector;
        boolean sending;
        long sendToken;
        IoVector sendVector;
        boolean ended;

        Endpoint(final NetworkChannel channel) {
            this.channel = channel;
            acceptor = channel instanceof ServerSocketChannel ? (ServerSocketChannel) channel : null;
            stream = channel instanceof SocketChannel ? (SocketChannel) channel : null;
        }

        void receive(final long token, final IoVector vector) {
            if (receiving) {
                throw new IllegalStateException("a receive is pending");
            }
            receiving = true;
            receiveToken = token;
            receiveVector = vector;
        }

        void send(final long token, final IoVector vector) {
            if (sending) {
                throw new IllegalStateException("a send is pending");
            }
            sending = true;
            sendToken = token;
            sendVector = vector;
        }
    }
}
