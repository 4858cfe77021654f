package io.twintrack.node.nbd;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An NBD client that can also do all that a client must not do. Blocking. */
final class RawClient implements AutoCloseable {
    static final int FIXED_NO_ZEROES = Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES;

    /** A reply to an option. */
    record Option(int option, int type, byte[] data) {
        String text() {
            return new String(data, StandardCharsets.UTF_8);
        }

        ByteBuffer buffer() {
            return ByteBuffer.wrap(data);
        }
    }

    /** A simple reply, or one chunk of a structured one. */
    record Chunk(boolean structured, long cookie, int flags, int type, int error, byte[] data) {
        boolean isDone() {
            return !structured || (flags & Nbd.REPLY_FLAG_DONE) != 0;
        }

        ByteBuffer buffer() {
            return ByteBuffer.wrap(data);
        }

        /** The NBD error, 0 for none. */
        int failure() {
            return structured && (type & 0x8000) != 0 ? buffer().getInt() : error;
        }
    }

    private final SocketChannel channel;

    RawClient(final SocketAddress address) throws IOException {
        channel = SocketChannel.open(address);
    }

    /** Greeting and flags, structured replies if wanted, GO. */
    static RawClient attach(final SocketAddress address, final String export, final boolean structured)
        throws IOException {
        final RawClient client = new RawClient(address);
        client.greet(FIXED_NO_ZEROES);
        if (structured) {
            client.expectAck(Nbd.OPT_STRUCTURED_REPLY, new byte[0]);
        }
        client.expectAck(Nbd.OPT_GO, goData(export));
        return client;
    }

    static byte[] goData(final String export, final int... infos) {
        final byte[] name = export.getBytes(StandardCharsets.UTF_8);
        final ByteBuffer data = ByteBuffer.allocate(6 + name.length + 2 * infos.length);
        data.putInt(name.length).put(name).putShort((short) infos.length);
        for (final int info : infos) {
            data.putShort((short) info);
        }
        return data.array();
    }

    static byte[] metaData(final String export, final String... queries) {
        final ByteBuffer data = ByteBuffer.allocate(8192);
        data.putInt(export.length()).put(export.getBytes(StandardCharsets.UTF_8)).putInt(queries.length);
        for (final String query : queries) {
            data.putInt(query.length()).put(query.getBytes(StandardCharsets.UTF_8));
        }
        return java.util.Arrays.copyOf(data.array(), data.position());
    }

    static byte[] optionBytes(final int option, final byte[] data) {
        return ByteBuffer.allocate(16 + data.length)
            .putLong(Nbd.IHAVEOPT).putInt(option).putInt(data.length).put(data).array();
    }

    static byte[] requestBytes(final int command, final int flags, final long cookie, final long offset,
                               final long length) {
        return ByteBuffer.allocate(Nbd.REQUEST_LENGTH).putInt(Nbd.REQUEST_MAGIC).putShort((short) flags)
            .putShort((short) command).putLong(cookie).putLong(offset).putInt((int) length).array();
    }

    void greet(final int flags) throws IOException {
        final ByteBuffer greeting = read(18);
        if (greeting.getLong() != Nbd.INIT_PASSWD || greeting.getLong() != Nbd.IHAVEOPT
            || greeting.getShort() != FIXED_NO_ZEROES) {
            throw new IOException("wrong greeting");
        }
        write(ByteBuffer.allocate(4).putInt(flags).array());
    }

    void write(final byte[] bytes) throws IOException {
        write(ByteBuffer.wrap(bytes));
    }

    void write(final ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    ByteBuffer read(final int length) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("end of stream");
            }
        }
        return bytes.flip();
    }

    /** The server has closed or reset the connection; whatever it still sent is passed over. */
    boolean isEnded() {
        try {
            final ByteBuffer rest = ByteBuffer.allocate(64 * 1024);
            while (channel.read(rest) >= 0) {
                rest.clear();
            }
            return true;
        } catch (final IOException reset) {
            return true;
        }
    }

    void option(final int option, final byte[] data) throws IOException {
        write(optionBytes(option, data));
    }

    Option readOption() throws IOException {
        final ByteBuffer header = read(20);
        if (header.getLong() != Nbd.OPTION_REPLY_MAGIC) {
            throw new IOException("wrong magic of an option's reply");
        }
        final int option = header.getInt();
        final int type = header.getInt();
        return new Option(option, type, read(header.getInt()).array());
    }

    /** All replies to one option, the final one last. */
    List<Option> haggle(final int option, final byte[] data) throws IOException {
        option(option, data);
        final List<Option> replies = new ArrayList<>();
        do {
            replies.add(readOption());
        } while (last(replies).type() > Nbd.REP_ACK);
        return replies;
    }

    static <T> T last(final List<T> list) {
        return list.get(list.size() - 1);
    }

    List<Option> expectAck(final int option, final byte[] data) throws IOException {
        final List<Option> replies = haggle(option, data);
        if (last(replies).type() != Nbd.REP_ACK) {
            throw new IOException("option " + option + " refused: " + last(replies).text());
        }
        return replies;
    }

    void request(final int command, final int flags, final long cookie, final long offset, final long length)
        throws IOException {
        write(requestBytes(command, flags, cookie, offset, length));
    }

    void write(final int flags, final long cookie, final long offset, final byte[] payload) throws IOException {
        write(ByteBuffer.allocate(Nbd.REQUEST_LENGTH + payload.length)
            .put(requestBytes(Nbd.CMD_WRITE, flags, cookie, offset, payload.length)).put(payload).flip());
    }

    /** @param readLength of the data behind a simple reply without error. */
    Chunk readChunk(final int readLength) throws IOException {
        final int magic = read(4).getInt();
        if (magic == Nbd.SIMPLE_REPLY_MAGIC) {
            final int error = read(4).getInt();
            final long cookie = read(8).getLong();
            return new Chunk(false, cookie, 0, 0, error, error == 0 ? read(readLength).array() : new byte[0]);
        }
        if (magic != Nbd.STRUCTURED_REPLY_MAGIC) {
            throw new IOException("wrong magic of a reply: " + Integer.toHexString(magic));
        }
        final ByteBuffer header = read(16);
        final int flags = header.getShort();
        final int type = header.getShort() & 0xFFFF;
        final long cookie = header.getLong();
        return new Chunk(true, cookie, flags, type, 0, read(header.getInt()).array());
    }

    /** Chunks of the only request in flight, to its end. */
    List<Chunk> readChunks(final int readLength) throws IOException {
        final List<Chunk> chunks = new ArrayList<>();
        do {
            chunks.add(readChunk(readLength));
        } while (!last(chunks).isDone());
        return chunks;
    }

    /** The error of the only request in flight, 0 for none. */
    int readError() throws IOException {
        return last(readChunks(0)).failure();
    }

    /** Reads a range, alone on the connection, and checks that each byte comes exactly once. */
    byte[] readData(final int flags, final long offset, final int length) throws IOException {
        request(Nbd.CMD_READ, flags, 77, offset, length);
        final byte[] data = new byte[length];
        int left = length;
        for (final Chunk chunk : readChunks(length)) {
            if (chunk.failure() != 0) {
                throw new IOException("read failed: " + chunk.failure());
            }
            final int start = chunk.structured() ? (int) (chunk.buffer().getLong() - offset) : 0;
            final int skip = chunk.structured() ? 8 : 0;
            System.arraycopy(chunk.data(), skip, data, start, chunk.data().length - skip);
            left -= chunk.data().length - skip;
        }
        if (left != 0) {
            throw new IOException(left + " bytes of the read are missing");
        }
        return data;
    }

    /** All that the server still says before it closes or resets the connection, which it does within a bound. */
    byte[] readToEnd() throws IOException {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        final ByteBuffer some = ByteBuffer.allocate(64 * 1024);
        channel.configureBlocking(false);
        Host.await("the end of the connection", () -> {
            try {
                int length;
                while ((length = channel.read(some.clear())) > 0) {
                    all.write(some.array(), 0, length);
                }
                return length < 0;
            } catch (final IOException reset) {
                return true;
            }
        });
        return all.toByteArray();
    }

    void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
