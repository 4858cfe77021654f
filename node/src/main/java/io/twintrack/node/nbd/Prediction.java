package io.twintrack.node.nbd;

import io.twintrack.node.socket.IoVector;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * A receive that expects writes like the last one, so that each payload lands in a slot of its own:
 *
 * <pre>
 *   [ header 28 ][ slot, L bytes ][ header 28 ][ slot, L bytes ] ...
 * </pre>
 *
 * How many it expects follows how many came at once before. Where a header turns out to be another one, it and all
 * behind it is moved to the input and parsed from there.
 */
final class Prediction {
    static final int MAX_WRITE = 64 * 1024;
    /** Few, so that the first of a burst are on both disks' queues while the last are still being received. */
    static final int MAX_COUNT = 4;
    private static final int HEADER_STRIDE = 32;

    private final SlotTable slots;
    private final Input in;
    private final UnsafeBuffer headers;
    private final NbdCounters counters;
    private final int connection;
    private final int[] slot = new int[MAX_COUNT];
    private int length;
    private int hoped = 1;
    private int count;
    private int next;
    private int received;

    /** @param headers of {@link #headersLength()} bytes. */
    Prediction(final SlotTable slots, final Input in, final UnsafeBuffer headers, final NbdCounters counters,
               final int connection) {
        this.slots = slots;
        this.in = in;
        this.headers = headers;
        this.counters = counters;
        this.connection = connection;
    }

    static int headersLength() {
        return MAX_COUNT * HEADER_STRIDE;
    }

    /** The input takes at least one whole write of the longest kind. */
    static int inputLength() {
        return 2 * MAX_WRITE + 4096;
    }

    void reset() {
        hoped = 1;
        count = 0;
        next = 0;
        received = 0;
    }

    /** Bytes that it received wait to be parsed. */
    boolean isActive() {
        return received > 0;
    }

    /** Writes of this length are expected. @return false when no slot is free. */
    boolean prepare(final int writeLength, final IoVector vector) {
        length = writeLength;
        final int most = Math.min(slots.reserve(), in.capacity() / (Nbd.REQUEST_LENGTH + length));
        final int wanted = Math.max(1, Math.min(hoped, Math.min(most, MAX_COUNT)));
        next = 0;
        for (count = 0; count < wanted; count++) {
            slot[count] = slots.claim(connection);
            if (slot[count] == SlotTable.NONE) {
                break;
            }
            vector.add(headers.addressOffset() + count * HEADER_STRIDE, Nbd.REQUEST_LENGTH);
            vector.add(slots.address(slot[count]), length);
        }
        return count > 0;
    }

    void received(final int bytes) {
        received = bytes;
        final int came = (bytes + length + Nbd.REQUEST_LENGTH - 1) / (length + Nbd.REQUEST_LENGTH);
        hoped = came == count ? Math.min(MAX_COUNT, 2 * came) : came;
    }

    /** Whether the next header is there and is that of a write as expected. */
    boolean holds() {
        return received >= Nbd.REQUEST_LENGTH
            && headers.getInt(header(), ByteOrder.BIG_ENDIAN) == Nbd.REQUEST_MAGIC
            && headers.getShort(header() + 6, ByteOrder.BIG_ENDIAN) == Nbd.CMD_WRITE
            && headers.getInt(header() + 24, ByteOrder.BIG_ENDIAN) == length;
    }

    UnsafeBuffer headers() {
        return headers;
    }

    int header() {
        return next * HEADER_STRIDE;
    }

    /** The slot that the next payload lies in; {@link #payload()} bytes of it are there. */
    int slot() {
        return slot[next];
    }

    int payload() {
        return Math.min(length, received - Nbd.REQUEST_LENGTH);
    }

    /** The next write has been taken over, and with it its slot. */
    void taken() {
        received -= Nbd.REQUEST_LENGTH + payload();
        next++;
        counters.increment(NbdCounter.PREDICTED_WRITES);
        if (received == 0) {
            releaseRest();
        }
    }

    /** Moves all that is left to the input, which is empty. */
    void spill() {
        counters.increment(NbdCounter.MISPREDICTIONS);
        hoped = 1;
        in.room();
        for (int i = next; received > 0; i++) {
            final int headerBytes = Math.min(received, Nbd.REQUEST_LENGTH);
            in.append(headers.addressOffset() + i * HEADER_STRIDE, headerBytes);
            received -= headerBytes;
            final int payloadBytes = Math.min(received, length);
            in.append(slots.address(slot[i]), payloadBytes);
            received -= payloadBytes;
        }
        releaseRest();
    }

    private void releaseRest() {
        while (next < count) {
            slots.release(slot[next++]);
        }
    }
}
