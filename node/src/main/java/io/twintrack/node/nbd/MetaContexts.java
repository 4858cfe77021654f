package io.twintrack.node.nbd;

/**
 * LIST_META_CONTEXT and SET_META_CONTEXT: which metadata contexts there are, and which the client selected. A query
 * that ends in a colon lists all contexts that begin with it, and selects none.
 *
 * <pre>
 *   data: name length 4 | name | number of queries 4 | queries: length 4, string
 * </pre>
 */
final class MetaContexts {
    private final Exports exports;
    private final Input in;
    private final OptionReply reply;

    private Export export;
    private int selected;
    private int error;
    private int queries;
    private int queriesOffset;

    MetaContexts(final Exports exports, final Input in, final OptionReply reply) {
        this.exports = exports;
        this.in = in;
        this.reply = reply;
    }

    void reset() {
        export = null;
        selected = 0;
    }

    /** A bit for each context, or none if the selection was made for another export. */
    int selectedFor(final Export used) {
        return used == export ? selected : 0;
    }

    /** The type of the error reply, after a problem. */
    int error() {
        return error;
    }

    /** @return the problem, or {@code null}: then the replies are written, but for the final one. */
    String list(final int length) {
        final Export named = parse(length);
        if (named == null) {
            return problem();
        }
        final int found = queries == 0 ? -1 : match(named, true);
        for (int i = 0; i < named.contextCount(); i++) {
            if ((found & 1 << i) != 0) {
                reply.metaContext(0, named.context(i));
            }
        }
        return null;
    }

    /** Replaces the selection, by none if there is a problem. @return as {@link #list}. */
    String select(final int length) {
        reset();
        final Export named = parse(length);
        if (named == null) {
            return problem();
        }
        export = named;
        selected = match(named, false);
        for (int i = 0; i < named.contextCount(); i++) {
            if ((selected & 1 << i) != 0) {
                reply.metaContext(id(i), named.context(i));
            }
        }
        return null;
    }

    /** What names a context in the transmission phase. */
    static int id(final int context) {
        return context + 1;
    }

    private String problem() {
        return error == Nbd.REP_ERR_UNKNOWN ? "no such export" : "the lengths within the option do not fit together";
    }

    private Export parse(final int length) {
        error = Nbd.REP_ERR_INVALID;
        if (length < 8) {
            return null;
        }
        final int nameLength = in.getInt(0);
        if (nameLength < 0 || nameLength > Nbd.MAX_STRING || nameLength > length - 8) {
            return null;
        }
        queries = in.getInt(4 + nameLength);
        queriesOffset = 8 + nameLength;
        if (!areQueriesWellFormed(length)) {
            return null;
        }
        error = Nbd.REP_ERR_UNKNOWN;
        return exports.find(in, 4, nameLength);
    }

    private boolean areQueriesWellFormed(final int length) {
        int offset = queriesOffset;
        for (int i = 0; i < queries; i++) {
            if (offset > length - 4) {
                return false;
            }
            final int queryLength = in.getInt(offset);
            if (queryLength < 0 || queryLength > Nbd.MAX_STRING || queryLength > length - offset - 4) {
                return false;
            }
            offset += 4 + queryLength;
        }
        return queries >= 0 && offset == length;
    }

    private int match(final Export named, final boolean wildcards) {
        int found = 0;
        int offset = queriesOffset;
        for (int i = 0; i < queries; i++) {
            final int length = in.getInt(offset);
            for (int j = 0; j < named.contextCount(); j++) {
                if (matches(offset + 4, length, named.context(j), wildcards)) {
                    found |= 1 << j;
                }
            }
            offset += 4 + length;
        }
        return found;
    }

    private boolean matches(final int offset, final int length, final byte[] context, final boolean wildcards) {
        if (wildcards && length > 0 && in.buffer().getByte(in.head() + offset + length - 1) == ':') {
            return in.startsWith(offset, length, context);
        }
        return in.matches(offset, length, context);
    }
}
