package io.twintrack.node.nbd;

/** What a request must fulfil before anything is done for it (specification, "Request types" and "Error values"). */
final class RequestChecks {
    private long size;
    private int sectorSize;
    private boolean fastZero;
    private boolean structured;
    private boolean contexts;
    private long wholeLength;

    /** @param wholeLength longest read, in bytes, for which the connection surely gets all slots at once. */
    void begin(final Export export, final boolean structured, final int contexts, final long wholeLength) {
        size = export.volume().size();
        sectorSize = export.volume().sectorSize();
        fastZero = export.fastZero();
        this.structured = structured;
        this.contexts = contexts != 0;
        this.wholeLength = wholeLength;
    }

    /** @return {@code null} if all is well. */
    Failure check(final Request request) {
        if (request.command > Nbd.CMD_BLOCK_STATUS) {
            return Failure.UNKNOWN_COMMAND;
        }
        if ((request.flags & ~allowedFlags(request.command)) != 0) {
            return Failure.WRONG_FLAGS;
        }
        if (request.command == Nbd.CMD_FLUSH) {
            return request.offset == 0 && request.length == 0 ? null : Failure.NOT_EMPTY;
        }
        final Failure range = checkRange(request);
        return range != null ? range : checkCommand(request);
    }

    Request.Delivery deliveryOf(final Request read) {
        if (structured && !read.has(Nbd.CMD_FLAG_DF)) {
            return Request.Delivery.CHUNKS;
        }
        return read.length <= wholeLength ? Request.Delivery.WHOLE : Request.Delivery.STREAM;
    }

    private Failure checkRange(final Request request) {
        if (request.length == 0) {
            return Failure.EMPTY;
        }
        // Before the range: whatever lies within the export, too long is too long.
        if (request.length > Nbd.MAX_PAYLOAD && request.command == Nbd.CMD_WRITE) {
            return Failure.PAYLOAD_TOO_LONG;
        }
        if (request.offset < 0 || request.offset > size || request.length > size - request.offset) {
            return request.command == Nbd.CMD_WRITE || request.command == Nbd.CMD_WRITE_ZEROES
                ? Failure.WRITE_BEYOND_END : Failure.BEYOND_END;
        }
        return ((request.offset | request.length) & sectorSize - 1) != 0 ? Failure.UNALIGNED : null;
    }

    private Failure checkCommand(final Request request) {
        switch (request.command) {
            case Nbd.CMD_READ:
                if (request.length > Nbd.MAX_PAYLOAD) {
                    return structured ? Failure.READ_TOO_LONG : Failure.PAYLOAD_TOO_LONG;
                }
                return request.has(Nbd.CMD_FLAG_DF) && request.length > wholeLength ? Failure.FRAGMENTED : null;
            case Nbd.CMD_WRITE_ZEROES:
                return request.has(Nbd.CMD_FLAG_FAST_ZERO) && !fastZero ? Failure.NOT_FAST : null;
            case Nbd.CMD_BLOCK_STATUS:
                return contexts ? null : Failure.NO_CONTEXT;
            default:
                return null;
        }
    }

    private int allowedFlags(final int command) {
        switch (command) {
            case Nbd.CMD_READ:
                return Nbd.CMD_FLAG_FUA | (structured ? Nbd.CMD_FLAG_DF : 0);
            case Nbd.CMD_WRITE_ZEROES:
                return Nbd.CMD_FLAG_FUA | Nbd.CMD_FLAG_NO_HOLE | Nbd.CMD_FLAG_FAST_ZERO;
            case Nbd.CMD_BLOCK_STATUS:
                return Nbd.CMD_FLAG_FUA | Nbd.CMD_FLAG_REQ_ONE;
            default:
                return Nbd.CMD_FLAG_FUA;
        }
    }
}
