package io.twintrack.node.nbd;

import io.twintrack.node.socket.IoVector;

/**
 * What a connection has to send, in order: replies, and read data from where it lies in slots. All that is queued when
 * the socket is free goes out as one batch: the small parts are written to the output, and the vector strings them
 * together with the data.
 *
 * <pre>
 *   output   | reply | reply | chunk header |        | reply |
 *   vector   [------------------------------][ slot ][-------]
 * </pre>
 */
final class Replies {
    /** Most extents in one chunk of a block status. */
    static final int MAX_EXTENTS = 512;
    private static final int IS_REPLY = 1 << 30;
    private static final int IS_LAST = 1 << 29;
    private static final int INDEX = IS_LAST - 1;
    /** Slots stay held until their whole batch is sent: so it is not too long. */
    private static final int MAX_BATCH = 1024 * 1024;
    private static final int MAX_PIECES = 128;
    private static final int MAX_HEADER = 192;
    private static final int DATA_HEADER = 8;
    private static final int EXTENT_LENGTH = 8;
    /** A multiple of every sector size. */
    private static final int MAX_EXTENT = 1 << 30;

    private final RequestPool requests;
    private final SlotTable slots;
    private final Output out;
    private final IoVector vector;
    private final NbdCounters counters;
    private final int[] queue;
    private long head;
    private long tail;
    private final int[] batchSlots = new int[MAX_PIECES];
    private int batchSlotCount;
    private int runStart;
    private Export export;
    private boolean structured;
    private int contexts;

    Replies(final RequestPool requests, final int requestCount, final SlotTable slots, final Output out,
            final IoVector vector, final NbdCounters counters) {
        this.requests = requests;
        this.slots = slots;
        this.out = out;
        this.vector = vector;
        this.counters = counters;
        // Each request has one last item at most, and each slot one item: it never overflows.
        queue = new int[requestCount + slots.count()];
    }

    static IoVector newVector() {
        return new IoVector(MAX_PIECES);
    }

    void reset() {
        head = 0;
        tail = 0;
        batchSlotCount = 0;
    }

    void begin(final Export chosen, final boolean structuredReplies, final int selectedContexts) {
        export = chosen;
        structured = structuredReplies;
        contexts = selectedContexts;
    }

    /** @param last nothing follows for this request. */
    void data(final int slot, final boolean last) {
        queue(slot | (last ? IS_LAST : 0));
    }

    /** The last or only message for a request, without data. */
    void reply(final Request request) {
        queue(request.index | IS_REPLY);
    }

    boolean isEmpty() {
        return head == tail;
    }

    /** Fills output and vector with what is queued, as far as they take it. */
    void build() {
        out.clear();
        vector.clear();
        runStart = 0;
        while (head < tail && vector.room() > 2 && vector.bytes() < MAX_BATCH && hasRoom(item())) {
            final int item = item();
            head++;
            if ((item & IS_REPLY) != 0) {
                encodeReply(requests.get(item & INDEX));
            } else {
                encodeData(item & INDEX, (item & IS_LAST) != 0);
            }
        }
        endRun();
    }

    /** The batch is out: nothing reads its slots any more. */
    void sent() {
        for (int i = 0; i < batchSlotCount; i++) {
            slots.release(batchSlots[i]);
        }
        batchSlotCount = 0;
    }

    private void queue(final int item) {
        queue[(int) (tail % queue.length)] = item;
        tail++;
    }

    private int item() {
        return queue[(int) (head % queue.length)];
    }

    private boolean hasRoom(final int item) {
        final boolean extents = (item & IS_REPLY) != 0
            && requests.get(item & INDEX).command == Nbd.CMD_BLOCK_STATUS;
        return out.room() >= (extents ? maxBlockStatus() : MAX_HEADER);
    }

    private int maxBlockStatus() {
        return MAX_HEADER + Integer.bitCount(contexts) * (MAX_HEADER + MAX_EXTENTS * EXTENT_LENGTH);
    }

    private void endRun() {
        if (out.position() > runStart) {
            vector.add(out.address(runStart), out.position() - runStart);
        }
        runStart = out.position();
    }

    private void encodeData(final int slot, final boolean last) {
        final Request request = requests.get(slots.request(slot));
        dataHeader(request, slot, last);
        endRun();
        vector.add(slots.address(slot), slots.length(slot));
        batchSlots[batchSlotCount++] = slot;
        counters.add(NbdCounter.BYTES_READ, slots.length(slot));
        if (last) {
            requests.release(request);
        }
    }

    private void dataHeader(final Request request, final int slot, final boolean last) {
        if (request.delivery == Request.Delivery.CHUNKS) {
            dataChunk(request, slots.position(slot), slots.length(slot), last);
        } else if (slots.position(slot) == 0 && structured) {
            dataChunk(request, 0, (int) request.length, true);
        } else if (slots.position(slot) == 0) {
            simple(request, 0);
        }
    }

    private void dataChunk(final Request request, final int position, final int length, final boolean last) {
        chunk(request, last, Nbd.REPLY_TYPE_OFFSET_DATA, DATA_HEADER + length);
        out.putLong(request.offset + position);
    }

    private void encodeReply(final Request request) {
        if (request.failure != null) {
            counters.increment(NbdCounter.ofError(request.failure.error()));
            if (structured) {
                errorChunk(request);
            } else {
                simple(request, request.failure.error());
            }
        } else if (request.command == Nbd.CMD_BLOCK_STATUS) {
            blockStatus(request);
        } else {
            simple(request, 0);
        }
        requests.release(request);
    }

    /** Magic 4, error 4, cookie 8. */
    private void simple(final Request request, final int error) {
        out.putInt(Nbd.SIMPLE_REPLY_MAGIC);
        out.putInt(error);
        out.putLong(request.cookie);
    }

    /** Magic 4, flags 2, type 2, cookie 8, length 4. */
    private void chunk(final Request request, final boolean last, final int type, final int length) {
        out.putInt(Nbd.STRUCTURED_REPLY_MAGIC);
        out.putShort(last ? Nbd.REPLY_FLAG_DONE : 0);
        out.putShort(type);
        out.putLong(request.cookie);
        out.putInt(length);
    }

    /** Error 4, message length 2, message. */
    private void errorChunk(final Request request) {
        final byte[] message = request.failure.message();
        chunk(request, true, Nbd.REPLY_TYPE_ERROR, 6 + message.length);
        out.putInt(request.failure.error());
        out.putShort(message.length);
        out.putBytes(message);
    }

    /** A chunk for each selected context: its id 4, then extents of length 4 and flags 4. */
    private void blockStatus(final Request request) {
        int left = contexts;
        for (int i = 0; left != 0; i++) {
            if ((left & 1 << i) != 0) {
                left &= ~(1 << i);
                final int start = out.position();
                chunk(request, left == 0, Nbd.REPLY_TYPE_BLOCK_STATUS, 0);
                out.putInt(MetaContexts.id(i));
                extents(request, export.source(i));
                out.putInt(start + 16, out.position() - start - 20);
            }
        }
    }

    private void extents(final Request request, final ExtentSource source) {
        final int most = request.has(Nbd.CMD_FLAG_REQ_ONE) ? 1 : MAX_EXTENTS;
        long position = 0;
        for (int i = 0; i < most && position < request.length; i++) {
            // Lengths on the wire are unsigned, but a source sees ints: a longer range is told in part.
            final int limit = (int) Math.min(request.length - position, MAX_EXTENT);
            final long extent = source.extent(request.offset + position, limit);
            final int length = (int) (extent >>> 32);
            if (length < 1 || length > limit) {
                throw new IllegalStateException(source.context() + " tells an extent of " + length + " bytes");
            }
            out.putInt(length);
            out.putInt((int) extent);
            position += length;
        }
    }
}
