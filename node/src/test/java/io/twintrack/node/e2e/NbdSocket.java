package io.twintrack.node.e2e;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A client of NBD in its barest form, for what real clients never do: it tells of errors as values, leaves requests
 * unfinished and replies unread. Attaches with NBD_OPT_EXPORT_NAME. One thread.
 */
final class NbdSocket implements AutoCloseable {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int FLUSH = 3;
    static final int EIO = 5;

    private static final long OPTION_MAGIC = 0x49484156454f5054L;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int REPLY_MAGIC = 0x67446698;
    private static final int SILENCE_LIMIT_MS = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final Map<Long, Integer> lengths = new HashMap<>();
    private final long size;
    private byte[] data = new byte[0];
    private int error;

    /** @throws IOException when nobody serves the export. */
    NbdSocket(final InetSocketAddress server, final String export) throws IOException {
        socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(SILENCE_LIMIT_MS);
            socket.connect(server, SILENCE_LIMIT_MS);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
            out = new DataOutputStream(socket.getOutputStream());
            in.readFully(new byte[18]);
            final byte[] name = export.getBytes(StandardCharsets.UTF_8);
            out.write(ByteBuffer.allocate(20 + name.length).putInt(3).putLong(OPTION_MAGIC).putInt(1)
                .putInt(name.length).put(name).array());
            size = in.readLong();
            in.readShort();
        } catch (final IOException e) {
            socket.close();
            throw e;
        }
    }

    long size() {
        return size;
    }

    void send(final int type, final long cookie, final long offset, final int length, final byte[] payload)
        throws IOException {
        if (type == READ) {
            lengths.put(cookie, length);
        }
        final int payloadLength = payload == null ? 0 : payload.length;
        final ByteBuffer request = ByteBuffer.allocate(28 + payloadLength).putInt(REQUEST_MAGIC)
            .putShort((short) 0).putShort((short) type).putLong(cookie).putLong(offset).putInt(length);
        if (payload != null) {
            request.put(payload);
        }
        out.write(request.array());
    }

    /** Waits for the next reply. @return its cookie. */
    long receive() throws IOException {
        final int magic = in.readInt();
        if (magic != REPLY_MAGIC) {
            throw new IOException("malformed reply: magic " + Integer.toHexString(magic));
        }
        error = in.readInt();
        final long cookie = in.readLong();
        final Integer length = lengths.remove(cookie);
        if (length != null && error == 0) {
            data = new byte[length];
            in.readFully(data);
        }
        return cookie;
    }

    /** Of the reply that was received last; 0 is success. */
    int error() {
        return error;
    }

    /** Of the READ whose reply was received last. */
    byte[] data() {
        return data;
    }

    /** @return the error. */
    int write(final long offset, final byte[] payload) throws IOException {
        send(WRITE, -1, offset, payload.length, payload);
        receive();
        return error;
    }

    /** @return the error. */
    int read(final long offset, final int length) throws IOException {
        send(READ, -1, offset, length, null);
        receive();
        return error;
    }

    /** @return the error. */
    int flush() throws IOException {
        send(FLUSH, -1, 0, 0, null);
        receive();
        return error;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (final IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
