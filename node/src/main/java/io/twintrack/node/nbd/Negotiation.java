package io.twintrack.node.nbd;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.Refused;

/**
 * The handshake of one connection: fixed newstyle, option by option. It parses from the input and writes its replies
 * to the output; the connection moves both.
 *
 * <pre>
 *   option: magic 8 | option 4 | length 4 | data
 * </pre>
 */
final class Negotiation {
    /** What the connection does next. */
    enum Outcome {
        /** Receive more. */
        WAIT,
        /** Send the output, then go on. */
        REPLY,
        /** Send the output, then requests begin. */
        TRANSMISSION,
        /** Send the output, then close. */
        ABORT,
        /** Close at once: the reason is in {@link #reason()}. */
        DROP
    }

    /** Longest option that is looked at, in bytes; a longer one is skipped, and answered with ERR_TOO_BIG. */
    static final int MAX_OPTION = 64 * 1024;
    private static final int OPTION_HEADER = 16;
    private static final int LEGACY_ZEROES = 124;

    private final Exports exports;
    private final Input in;
    private final Output out;
    private final OptionReply reply;
    private final MetaContexts contexts;
    private final NbdCounters counters;

    private boolean flagsSeen;
    private boolean noZeroes;
    private boolean structured;
    private int option;
    private long toSkip;
    private Export chosen;
    private String reason;

    Negotiation(final Exports exports, final Input in, final Output out, final NbdCounters counters) {
        this.exports = exports;
        this.in = in;
        this.out = out;
        this.counters = counters;
        reply = new OptionReply(out);
        contexts = new MetaContexts(exports, in, reply);
    }

    /** Begins with the greeting in the output. */
    void begin() {
        flagsSeen = false;
        noZeroes = false;
        structured = false;
        toSkip = 0;
        chosen = null;
        reason = null;
        contexts.reset();
        out.putLong(Nbd.INIT_PASSWD);
        out.putLong(Nbd.IHAVEOPT);
        out.putShort(Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES);
    }

    Export chosen() {
        return chosen;
    }

    boolean structured() {
        return structured;
    }

    /** A bit for each context of the chosen export that the client selected. */
    int contexts() {
        return contexts.selectedFor(chosen);
    }

    /** Why it ended. */
    String reason() {
        return reason;
    }

    /** The output is empty when this is called. */
    Outcome advance() {
        if (!flagsSeen) {
            return clientFlags();
        }
        if (toSkip > 0) {
            return skip();
        }
        if (in.available() < OPTION_HEADER) {
            return Outcome.WAIT;
        }
        if (in.getLong(0) != Nbd.IHAVEOPT) {
            return drop("option with wrong magic");
        }
        option = in.getInt(8);
        reply.to(option);
        final long length = in.getInt(12) & 0xFFFF_FFFFL;
        if (length > MAX_OPTION) {
            return oversized(length);
        }
        if (in.available() < OPTION_HEADER + length) {
            return Outcome.WAIT;
        }
        in.skip(OPTION_HEADER);
        final Outcome outcome = onOption((int) length);
        in.skip((int) length);
        return outcome;
    }

    private Outcome clientFlags() {
        if (in.available() < Integer.BYTES) {
            return Outcome.WAIT;
        }
        final int flags = in.getInt(0);
        if ((flags & ~(Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES)) != 0) {
            return drop("unknown client flags");
        }
        in.skip(Integer.BYTES);
        noZeroes = (flags & Nbd.FLAG_NO_ZEROES) != 0;
        flagsSeen = true;
        return advance();
    }

    private Outcome oversized(final long length) {
        if (option == Nbd.OPT_EXPORT_NAME || length > Nbd.MAX_PAYLOAD) {
            return drop("option too long");
        }
        in.skip(OPTION_HEADER);
        toSkip = length;
        return skip();
    }

    private Outcome skip() {
        final int length = (int) Math.min(toSkip, in.available());
        in.skip(length);
        toSkip -= length;
        return toSkip > 0 ? Outcome.WAIT : refuse(Nbd.REP_ERR_TOO_BIG, "the option is too long");
    }

    private Outcome onOption(final int length) {
        switch (option) {
            case Nbd.OPT_EXPORT_NAME:
                return exportName(length);
            case Nbd.OPT_ABORT:
                reply.ack();
                return Outcome.ABORT;
            case Nbd.OPT_LIST:
                return list(length);
            case Nbd.OPT_INFO:
            case Nbd.OPT_GO:
                return infoOrGo(length);
            case Nbd.OPT_STRUCTURED_REPLY:
                return structuredReply(length);
            case Nbd.OPT_LIST_META_CONTEXT:
            case Nbd.OPT_SET_META_CONTEXT:
                return metaContext(length);
            case Nbd.OPT_STARTTLS:
                return refuse(Nbd.REP_ERR_UNSUP, "this server does not offer TLS");
            default:
                return refuse(Nbd.REP_ERR_UNSUP, "unknown option");
        }
    }

    private Outcome exportName(final int length) {
        final Export export = exports.find(in, 0, length);
        if (export == null) {
            return drop("unknown export");
        }
        if (export.volume().serving() != Status.OK) {
            return drop("export does not serve: " + export.volume().serving());
        }
        chosen = export;
        out.putLong(export.volume().size());
        out.putShort(transmissionFlags(export));
        if (!noZeroes) {
            out.putZeros(LEGACY_ZEROES);
        }
        return Outcome.TRANSMISSION;
    }

    private Outcome list(final int length) {
        if (length != 0) {
            return refuse(Nbd.REP_ERR_INVALID, "LIST takes no data");
        }
        for (int i = 0; i < exports.count(); i++) {
            reply.server(exports.get(i));
        }
        reply.ack();
        return Outcome.REPLY;
    }

    private Outcome structuredReply(final int length) {
        if (length != 0) {
            return refuse(Nbd.REP_ERR_INVALID, "STRUCTURED_REPLY takes no data");
        }
        structured = true;
        reply.ack();
        return Outcome.REPLY;
    }

    private Outcome metaContext(final int length) {
        if (!structured) {
            contexts.reset();
            return refuse(Nbd.REP_ERR_INVALID, "structured replies come first");
        }
        final String problem = option == Nbd.OPT_SET_META_CONTEXT ? contexts.select(length) : contexts.list(length);
        if (problem != null) {
            return refuse(contexts.error(), problem);
        }
        reply.ack();
        return Outcome.REPLY;
    }

    /** Data: name length 4, name, number of information requests 2, requests 2 each. */
    private Outcome infoOrGo(final int length) {
        if (!isWellFormed(length)) {
            return refuse(Nbd.REP_ERR_INVALID, "the lengths within the option do not fit together");
        }
        final int nameLength = in.getInt(0);
        final Export export = exports.find(in, Integer.BYTES, nameLength);
        if (export == null) {
            return refuse(Nbd.REP_ERR_UNKNOWN, nameLength == 0 ? "there is no default export" : "no such export");
        }
        final Status serving = export.volume().serving();
        if (serving != Status.OK) {
            return refuse(Nbd.REP_ERR_POLICY, whyNot(export, serving));
        }
        info(export, Integer.BYTES + nameLength);
        reply.ack();
        if (option == Nbd.OPT_INFO) {
            return Outcome.REPLY;
        }
        chosen = export;
        return Outcome.TRANSMISSION;
    }

    private boolean isWellFormed(final int length) {
        if (length < 6) {
            return false;
        }
        final int nameLength = in.getInt(0);
        if (nameLength < 0 || nameLength > Nbd.MAX_STRING || nameLength > length - 6) {
            return false;
        }
        final int requests = in.getShort(Integer.BYTES + nameLength) & 0xFFFF;
        return length == Integer.BYTES + nameLength + Short.BYTES + requests * Short.BYTES;
    }

    private void info(final Export export, final int requestsOffset) {
        final int sectorSize = export.volume().sectorSize();
        reply.infoExport(export.volume().size(), transmissionFlags(export));
        reply.infoBlockSize(sectorSize, Math.max(4096, sectorSize), Nbd.MAX_PAYLOAD);
        final int requests = in.getShort(requestsOffset) & 0xFFFF;
        boolean named = false;
        boolean described = false;
        for (int i = 0; i < requests; i++) {
            final int type = in.getShort(requestsOffset + Short.BYTES + i * Short.BYTES);
            named |= type == Nbd.INFO_NAME;
            described |= type == Nbd.INFO_DESCRIPTION;
        }
        if (named) {
            reply.infoString(Nbd.INFO_NAME, export.name());
        }
        if (described) {
            reply.infoString(Nbd.INFO_DESCRIPTION, export.description());
        }
    }

    private int transmissionFlags(final Export export) {
        final int readOnly = export.volume().isReadOnly() ? Nbd.FLAG_READ_ONLY : 0;
        return readOnly | Nbd.FLAG_HAS_FLAGS | Nbd.FLAG_SEND_FLUSH | Nbd.FLAG_SEND_FUA | Nbd.FLAG_SEND_TRIM
            | Nbd.FLAG_SEND_WRITE_ZEROES | Nbd.FLAG_SEND_FAST_ZERO | Nbd.FLAG_CAN_MULTI_CONN
            | (structured ? Nbd.FLAG_SEND_DF : 0);
    }

    private static String whyNot(final Export export, final Status status) {
        final String name = export.volume().name();
        final Refused refused = export.volume().servingRefusal();
        if (refused != null) {
            return name + " does not serve: " + refused;
        }
        switch (status) {
            case NOT_READY:
                return name + " does not serve: it waits for the other side of its pair, or for a command "
                    + "(twintrack pair status)";
            case STOPPING:
                return name + " does not serve: the node is stopping";
            case PEER_LOST:
                return name + " does not serve: the other side of the pair is lost";
            default:
                return name + " does not serve: " + Failure.of(status).text();
        }
    }

    private Outcome refuse(final int type, final String message) {
        counters.increment(NbdCounter.OPTIONS_REFUSED);
        reply.error(type, message);
        return Outcome.REPLY;
    }

    private Outcome drop(final String why) {
        reason = why;
        return Outcome.DROP;
    }
}
