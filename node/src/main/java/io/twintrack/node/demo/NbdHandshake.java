package io.twintrack.node.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/** The fixed newstyle handshake of NBD: greets, then asks for one export with OPT_GO. */
public final class NbdHandshake {
    private static final long SERVER_MAGIC = 0x4e42444d41474943L;
    private static final long OPTION_MAGIC = 0x49484156454f5054L;
    private static final long OPTION_REPLY_MAGIC = 0x0003e889045565a9L;
    private static final int FIXED_NEWSTYLE = 1;
    private static final int NO_ZEROES = 2;
    private static final int OPT_GO = 7;
    private static final int REP_ACK = 1;
    private static final int REP_INFO = 3;
    private static final int REP_ERROR = 1 << 31;
    private static final int REP_ERR_UNKNOWN = REP_ERROR + 6;
    private static final int INFO_EXPORT = 0;
    private static final int INFO_BLOCK_SIZE = 3;
    private static final int LONGEST_REPLY = 64 << 10;

    private final WritableByteChannel out;
    private final ReadableByteChannel in;
    private final String name;
    private long size = -1;
    private int blockSize = 1;

    private NbdHandshake(final WritableByteChannel out, final ReadableByteChannel in, final String name) {
        this.out = out;
        this.in = in;
        this.name = name;
    }

    public static NbdExport attach(final WritableByteChannel out, final ReadableByteChannel in, final String name)
        throws IOException {
        final NbdHandshake handshake = new NbdHandshake(out, in, name);
        handshake.greet();
        handshake.sendGo();
        while (!handshake.takeReply()) {
            // One information after the other, then the acknowledgement.
        }
        return new NbdExport(handshake.size, handshake.blockSize);
    }

    private void greet() throws IOException {
        final ByteBuffer greeting = read(18);
        if (greeting.getLong() != SERVER_MAGIC || greeting.getLong() != OPTION_MAGIC) {
            throw new IOException("this is no NBD server");
        }
        if ((greeting.getShort() & FIXED_NEWSTYLE) == 0) {
            throw new IOException("the NBD server does not speak the fixed newstyle protocol");
        }
        write(ByteBuffer.allocate(4).putInt(FIXED_NEWSTYLE | NO_ZEROES));
    }

    private void sendGo() throws IOException {
        final byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        final int length = 4 + nameBytes.length + 2 + 2;
        final ByteBuffer option = ByteBuffer.allocate(16 + length);
        option.putLong(OPTION_MAGIC).putInt(OPT_GO).putInt(length);
        option.putInt(nameBytes.length).put(nameBytes);
        option.putShort((short) 1).putShort((short) INFO_BLOCK_SIZE);
        write(option);
    }

    /** @return true when the export is ours. */
    private boolean takeReply() throws IOException {
        final ByteBuffer head = read(20);
        final long magic = head.getLong();
        final int option = head.getInt();
        final int type = head.getInt();
        final int length = head.getInt();
        if (magic != OPTION_REPLY_MAGIC || option != OPT_GO || length < 0 || length > LONGEST_REPLY) {
            throw new IOException("the server sent a malformed reply to NBD_OPT_GO");
        }
        final ByteBuffer data = read(length);
        if (type < 0) {
            throw new IOException(refusal(type, data));
        }
        if (type == REP_INFO) {
            takeInfo(data);
        }
        if (type == REP_ACK && size < 0) {
            throw new IOException("the server did not tell the export's size");
        }
        return type == REP_ACK;
    }

    private void takeInfo(final ByteBuffer data) {
        final int kind = data.remaining() >= 2 ? data.getShort() : -1;
        if (kind == INFO_EXPORT && data.remaining() >= 8) {
            size = data.getLong();
        } else if (kind == INFO_BLOCK_SIZE && data.remaining() >= 4) {
            blockSize = Math.max(1, data.getInt());
        }
    }

    private String refusal(final int type, final ByteBuffer data) {
        final String text = StandardCharsets.UTF_8.decode(data).toString();
        final String reason = type == REP_ERR_UNKNOWN ? "there is no such export" : "error " + (type & ~REP_ERROR);
        return "the server refused the export \"" + name + "\": " + (text.isEmpty() ? reason : text);
    }

    private ByteBuffer read(final int length) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(length);
        NbdClient.readFully(in, buffer);
        return buffer.flip();
    }

    private void write(final ByteBuffer filled) throws IOException {
        filled.flip();
        while (filled.hasRemaining()) {
            out.write(filled);
        }
    }
}
