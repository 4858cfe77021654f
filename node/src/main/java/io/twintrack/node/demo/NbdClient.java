package io.twintrack.node.demo;

import io.twintrack.node.config.Endpoint;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/**
 * A small client of the NBD protocol that keeps several requests in flight on one connection. It speaks what it needs:
 * fixed newstyle, OPT_GO, simple replies. Blocking; one thread.
 *
 * <p>A request is claimed, filled where it is a write, sent, and free again once its listener heard of its end.
 * Requests are small beside a socket's buffers, so sending one never waits for a reply that nobody reads.
 *
 * @see <a href="https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md">The NBD protocol</a>
 */
final class NbdClient implements Closeable {
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int SIMPLE_REPLY_MAGIC = 0x67446698;
    private static final int REQUEST_LENGTH = 28;
    private static final int REPLY_LENGTH = 16;
    private static final int SILENCE_LIMIT_MS = 30_000;

    /** Hears of a request's end; its buffer still holds the data, from position 0 to its limit. */
    @FunctionalInterface
    interface Listener {
        void onDone(NbdRequest request) throws IOException;
    }

    private final SocketChannel socket;
    private final ReadableByteChannel in;
    private final NbdExport export;
    private final NbdRequest[] requests;
    private final ArrayDeque<NbdRequest> free = new ArrayDeque<>();
    private final ByteBuffer header = ByteBuffer.allocate(REQUEST_LENGTH);
    private final ByteBuffer reply = ByteBuffer.allocate(REPLY_LENGTH);
    private Listener listener = request -> { };

    private NbdClient(
        final SocketChannel socket, final ReadableByteChannel in, final NbdExport export, final int depth,
        final int length) {
        this.socket = socket;
        this.in = in;
        this.export = export;
        this.requests = new NbdRequest[depth];
        for (int i = 0; i < depth; i++) {
            requests[i] = new NbdRequest(i, ByteBuffer.allocateDirect(length));
            free.add(requests[i]);
        }
    }

    /**
     * Attaches to an export.
     *
     * @param depth  requests in flight, at most.
     * @param length longest read or write, in bytes.
     */
    static NbdClient connect(final Endpoint server, final String name, final int depth, final int length)
        throws IOException {
        final SocketChannel socket = SocketChannel.open();
        try {
            socket.connect(server.resolve());
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.socket().setSoTimeout(SILENCE_LIMIT_MS);
            // Through the socket's stream, because a channel's own reads know no time-out.
            final ReadableByteChannel in = Channels.newChannel(socket.socket().getInputStream());
            return new NbdClient(socket, in, NbdHandshake.attach(socket, in, name), depth, length);
        } catch (final IOException e) {
            socket.close();
            throw e;
        }
    }

    NbdExport export() {
        return export;
    }

    /** Who hears of the requests that are sent from now on. Call it with nothing in flight. */
    void listener(final Listener next) {
        listener = next;
    }

    /** @return a request of the caller's own; waits for one to end when all are in flight. */
    NbdRequest claim() throws IOException {
        while (free.isEmpty()) {
            receive();
        }
        final NbdRequest request = free.remove();
        request.buffer().clear();
        return request;
    }

    /** Sends a claimed request: for a write the bytes from position 0 to the buffer's limit. */
    void send(final NbdRequest request, final NbdRequest.Type type, final long offset, final int length)
        throws IOException {
        request.begin(type, offset, length, System.nanoTime());
        header.clear();
        header.putInt(REQUEST_MAGIC).putShort((short) 0).putShort((short) type.code());
        header.putLong(request.cookie()).putLong(offset).putInt(length).flip();
        if (type == NbdRequest.Type.WRITE) {
            writeFully(header, request.buffer().position(0).limit(length));
        } else {
            writeFully(header);
        }
    }

    /** Waits until nothing is in flight. */
    void drain() throws IOException {
        while (free.size() < requests.length) {
            receive();
        }
    }

    /** Waits until all that was written is on stable storage. */
    void flush() throws IOException {
        drain();
        send(claim(), NbdRequest.Type.FLUSH, 0, 0);
        drain();
    }

    @Override
    public void close() throws IOException {
        try {
            if (!free.isEmpty()) {
                send(free.remove(), NbdRequest.Type.DISCONNECT, 0, 0);
            }
        } finally {
            socket.close();
        }
    }

    private void receive() throws IOException {
        readFully(in, reply.clear());
        final int magic = reply.getInt(0);
        final int error = reply.getInt(4);
        final long cookie = reply.getLong(8);
        if (magic != SIMPLE_REPLY_MAGIC || cookie < 0 || cookie >= requests.length) {
            throw new IOException("the server sent a malformed reply");
        }
        final NbdRequest request = requests[(int) cookie];
        if (error != 0) {
            throw new IOException("the server answered the " + request + " with " + NbdError.name(error));
        }
        if (request.type() == NbdRequest.Type.READ) {
            readFully(in, request.buffer().clear().limit(request.length()));
        }
        request.buffer().position(0).limit(request.length());
        listener.onDone(request);
        free.add(request);
    }

    private void writeFully(final ByteBuffer... buffers) throws IOException {
        final ByteBuffer last = buffers[buffers.length - 1];
        while (last.hasRemaining() || buffers[0].hasRemaining()) {
            socket.write(buffers);
        }
    }

    static void readFully(final ReadableByteChannel in, final ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (in.read(buffer) < 0) {
                throw new EOFException("the server closed the connection");
            }
        }
    }
}
