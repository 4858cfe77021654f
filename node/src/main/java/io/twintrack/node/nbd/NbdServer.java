package io.twintrack.node.nbd;

import io.twintrack.engine.Status;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.volume.RequestListener;
import io.twintrack.node.socket.SocketListener;
import io.twintrack.node.socket.SocketPort;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Serves volumes to NBD clients (NetworkBlockDevice/nbd, doc/proto.md: fixed newstyle, structured replies, metadata
 * contexts, no TLS) as part of an HBA's duty cycle: completions come from the HBA's ring, and {@link #doWork(long)} is
 * called where requests come in. Nothing is allocated per request.
 *
 * <p>Threading: HBA's thread only, but for the counters, which anyone may read.
 */
public final class NbdServer {
    private static final int RECEIVE = 0;
    private static final int SEND = 1;
    private static final int ACCEPT = 2;
    private static final int KIND_BITS = 2;
    /** NBD_CMD_FLAG_DF must work up to this many bytes. */
    private static final int MIN_WHOLE_READ = 64 * 1024;

    private final SocketPort sockets;
    private final NbdCounters counters;
    private final SlotTable table;
    private final Exports exports;
    private final Connection[] connections;
    private final List<Listener> listeners = new ArrayList<>();
    private int first;
    private boolean stopping;

    /**
     * @param sockets its listener is set here.
     * @param slots   at least two for each connection; half of them are shared out as reserves.
     * @throws IllegalArgumentException if slots are too few or too small, or exports too many to be listed.
     */
    public NbdServer(final SocketPort sockets, final SlotPool slots, final List<Export> exports,
                     final NbdOptions options, final NbdCounters counters) {
        this.sockets = sockets;
        this.counters = counters;
        checkListable(exports);
        table = new SlotTable(slots, options.maxConnections());
        checkReserve(table, exports);
        this.exports = new Exports(exports);
        final RequestListener onRequest = new Pieces();
        connections = new Connection[options.maxConnections()];
        for (int i = 0; i < connections.length; i++) {
            connections[i] = new Connection(i, sockets, table, this.exports, onRequest, options, counters);
        }
        final SocketListener onSocket = this::onSocketComplete;
        sockets.listener(onSocket);
    }

    /**
     * Another volume for clients that negotiate from now on. HBA's thread; it allocates.
     *
     * @throws IllegalArgumentException if its name is taken, or exports would be too many to be listed.
     */
    public void add(final Export export) {
        final List<Export> all = new ArrayList<>(exports.all());
        all.add(export);
        checkListable(all);
        checkReserve(table, all);
        exports.add(export);
    }

    /** Nobody attaches to it any more; who is attached stays. @return {@code null} when there is none of this name. */
    public Export remove(final String name) {
        return exports.remove(name);
    }

    /**
     * Clients may connect here, from the next {@link #doWork} on.
     *
     * @param address as in {@link SocketPort#listen}.
     * @throws IOException if nothing can listen there.
     */
    public void addListener(final SocketAddress address) throws IOException {
        final int socket = sockets.listen(address);
        listeners.add(new Listener(sockets, socket, token(listeners.size(), ACCEPT)));
    }

    /** @return the port of the first TCP listener, or -1 if there is none. */
    public int boundPort() {
        for (final Listener listener : listeners) {
            if (listener.address() instanceof InetSocketAddress) {
                return ((InetSocketAddress) listener.address()).getPort();
            }
        }
        return -1;
    }

    public NbdCounters counters() {
        return counters;
    }

    /** Accepts, takes requests and sends replies. @return an amount of work; 0 means idle. */
    public int doWork(final long nowNs) {
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).doWork(nowNs);
        }
        int work = 0;
        // Another one begins in each cycle, so that nobody is always first to take what came free.
        first = first + 1 == connections.length ? 0 : first + 1;
        for (int i = 0; i < connections.length; i++) {
            final int next = first + i;
            work += connections[next < connections.length ? next : next - connections.length].doWork(nowNs);
        }
        return work;
    }

    /**
     * Listens no more and answers new requests with ESHUTDOWN. What is in flight is finished and answered, then each
     * connection is closed. Go on with {@link #doWork} until {@link #isDrained()}.
     */
    public void stop(final long nowNs) {
        if (stopping) {
            return;
        }
        stopping = true;
        for (final Listener listener : listeners) {
            listener.stop();
        }
        for (final Connection connection : connections) {
            connection.stop(nowNs);
        }
    }

    /** After {@link #stop}: nothing is open or in flight any more. */
    public boolean isDrained() {
        if (!stopping) {
            return false;
        }
        for (final Connection connection : connections) {
            if (!connection.isFree()) {
                return false;
            }
        }
        for (final Listener listener : listeners) {
            if (!listener.isClosed()) {
                return false;
            }
        }
        return true;
    }

    static long receiveToken(final int connection) {
        return token(connection, RECEIVE);
    }

    static long sendToken(final int connection) {
        return token(connection, SEND);
    }

    /** What a piece of a request is found by: connection 16 bits, request 16 bits, slot + 1 in 32 bits. */
    static long tag(final int connection, final int request, final int slot) {
        return (long) connection << 48 | (long) request << 32 | slot + 1;
    }

    private static long token(final int index, final int kind) {
        return (long) index << KIND_BITS | kind;
    }

    /** Hears of the pieces of all requests, by their tags. */
    private final class Pieces implements RequestListener {
        @Override
        public void onComplete(final long tag, final Status status) {
            connection(tag).onComplete(request(tag), slot(tag), Failure.of(status));
        }

        @Override
        public boolean onAnswered(final long tag) {
            return connection(tag).onAnswered(request(tag));
        }

        @Override
        public void onReleased(final long tag, final Status status) {
            connection(tag).onReleased(slot(tag));
        }

        private Connection connection(final long tag) {
            return connections[(int) (tag >>> 48)];
        }

        private static int request(final long tag) {
            return (int) (tag >>> 32) & 0xFFFF;
        }

        private static int slot(final long tag) {
            return (int) tag - 1;
        }
    }

    private void onSocketComplete(final long token, final int result) {
        final int index = (int) (token >>> KIND_BITS);
        switch ((int) token & (1 << KIND_BITS) - 1) {
            case RECEIVE:
                connections[index].onReceived(result);
                break;
            case SEND:
                connections[index].onSent(result);
                break;
            default:
                listeners.get(index).onAccepted(result >= 0 || stopping);
                onAccepted(result);
                break;
        }
    }

    private void onAccepted(final int result) {
        if (result < 0) {
            if (!stopping) {
                counters.increment(NbdCounter.ACCEPT_ERRORS);
            }
            return;
        }
        final Connection free = stopping ? null : freeConnection();
        if (free == null) {
            counters.increment(NbdCounter.CONNECTIONS_REFUSED);
            sockets.close(result);
        } else {
            counters.increment(NbdCounter.CONNECTIONS_ACCEPTED);
            free.open(result);
        }
    }

    private Connection freeConnection() {
        for (final Connection connection : connections) {
            if (connection.isFree()) {
                return connection;
            }
        }
        return null;
    }

    private static void checkListable(final List<Export> exports) {
        long length = OptionReply.HEADER_LENGTH;
        for (final Export export : exports) {
            length += OptionReply.HEADER_LENGTH + Integer.BYTES + export.name().length + export.description().length;
        }
        if (length > Connection.OUTPUT_LENGTH) {
            throw new IllegalArgumentException("names and descriptions of all exports take " + length
                + " bytes, more than " + Connection.OUTPUT_LENGTH);
        }
    }

    private static void checkReserve(final SlotTable slots, final List<Export> exports) {
        for (final Export export : exports) {
            final int piece = Math.min(slots.slotLength(), export.volume().maxTransfer());
            if ((long) slots.reserve() * piece < MIN_WHOLE_READ) {
                throw new IllegalArgumentException("a connection's reserve of " + slots.reserve() + " slots of "
                    + piece + " bytes is less than " + MIN_WHOLE_READ + " bytes");
            }
        }
    }
}
