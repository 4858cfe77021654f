package io.twintrack.node.nbd;

import java.nio.charset.StandardCharsets;

/**
 * Writes replies to options: magic 8, option 4, reply type 4, length 4, data. The length is filled in when the reply
 * ends.
 */
final class OptionReply {
    static final int HEADER_LENGTH = 20;

    private final Output out;
    private int option;
    private int lengthIndex;

    OptionReply(final Output out) {
        this.out = out;
    }

    /** All replies are to this option from now on. */
    void to(final int option) {
        this.option = option;
    }

    void begin(final int type) {
        out.putLong(Nbd.OPTION_REPLY_MAGIC);
        out.putInt(option);
        out.putInt(type);
        lengthIndex = out.position();
        out.putInt(0);
    }

    void end() {
        out.putInt(lengthIndex, out.position() - lengthIndex - Integer.BYTES);
    }

    void ack() {
        begin(Nbd.REP_ACK);
        end();
    }

    void error(final int type, final String message) {
        begin(type);
        out.putBytes(message.getBytes(StandardCharsets.UTF_8));
        end();
    }

    void server(final Export export) {
        begin(Nbd.REP_SERVER);
        out.putInt(export.name().length);
        out.putBytes(export.name());
        out.putBytes(export.description());
        end();
    }

    void metaContext(final int id, final byte[] name) {
        begin(Nbd.REP_META_CONTEXT);
        out.putInt(id);
        out.putBytes(name);
        end();
    }

    void infoExport(final long size, final int flags) {
        begin(Nbd.REP_INFO);
        out.putShort(Nbd.INFO_EXPORT);
        out.putLong(size);
        out.putShort(flags);
        end();
    }

    void infoBlockSize(final int minimum, final int preferred, final int maximum) {
        begin(Nbd.REP_INFO);
        out.putShort(Nbd.INFO_BLOCK_SIZE);
        out.putInt(minimum);
        out.putInt(preferred);
        out.putInt(maximum);
        end();
    }

    void infoString(final int type, final byte[] string) {
        begin(Nbd.REP_INFO);
        out.putShort(type);
        out.putBytes(string);
        end();
    }
}
