package io.twintrack.node.nbd;

import io.twintrack.engine.volume.RequestListener;
import io.twintrack.engine.volume.Volume;
import io.twintrack.node.socket.IoVector;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * Takes the requests of one connection, one after the other, and starts them on its volume piece by piece: a piece of
 * a write as soon as its bytes are in its slot, a piece of a read as soon as a slot is free. What cannot go on for lack
 * of a slot, a request or the volume's patience stays as it is until the next duty cycle; meanwhile nothing is received.
 */
final class Intake {
    /** Longest receive when nothing is known of what comes: bounds how much of a payload is copied to its slot. */
    private static final int HEADERS = 16 * 1024;
    /** A payload that is too long is read and thrown away up to here; beyond, the connection ends. */
    private static final long MAX_DRAIN = 2L * Nbd.MAX_PAYLOAD;

    /** Where the bytes of the pending receive go. */
    private enum Target {
        INPUT, PAYLOAD, PREDICTION
    }

    private final Connection connection;
    private final SlotTable slots;
    private final RequestPool requests;
    private final Replies replies;
    private final Input in;
    private final Prediction prediction;
    private final RequestListener listener;
    private final NbdCounters counters;

    private Volume volume;
    private final RequestChecks checks = new RequestChecks();
    private int pieceLength;
    private boolean stopping;
    /** The request whose payload is being received, or whose pieces are being started. */
    private Request current;
    private int slot;
    private int filled;
    private long toDrain;
    /** Length of the last request's payload, if it was a write; else 0. */
    private long lastWrite;
    private Target target;

    Intake(final Connection connection, final SlotTable slots, final RequestPool requests, final Replies replies,
           final Input in, final Prediction prediction, final RequestListener listener, final NbdCounters counters) {
        this.connection = connection;
        this.slots = slots;
        this.requests = requests;
        this.replies = replies;
        this.in = in;
        this.prediction = prediction;
        this.listener = listener;
        this.counters = counters;
    }

    void begin(final Export chosen, final boolean structured, final int contexts) {
        volume = chosen.volume();
        pieceLength = Math.min(slots.slotLength(), volume.maxTransfer());
        checks.begin(chosen, structured, contexts, (long) slots.reserve() * pieceLength);
        prediction.reset();
        stopping = false;
        current = null;
        slot = SlotTable.NONE;
        filled = 0;
        toDrain = 0;
        lastWrite = 0;
    }

    /** New requests get ESHUTDOWN; so does a write whose payload is not all here. */
    void stop() {
        stopping = true;
        if (current != null && current.command == Nbd.CMD_WRITE) {
            current.fail(Failure.STOPPING);
        }
    }

    /** In the middle of a request or of its payload. */
    boolean isBusy() {
        return current != null || toDrain > 0 || in.available() > 0;
    }

    /** Goes as far as it can. @return an amount of work. */
    int advance() {
        int work = 0;
        while (connection.isServing() && step()) {
            work++;
        }
        return work;
    }

    /** Says what to receive next. @return false when nothing should be received now. */
    boolean prepareReceive(final IoVector vector) {
        vector.clear();
        if (toDrain > 0) {
            return intoInput(vector, in.capacity());
        }
        if (current == null) {
            return requests.hasFree() && !prediction.isActive() && nextHeader(vector);
        }
        if (current.command != Nbd.CMD_WRITE || slot == SlotTable.NONE || filled == pieceOfCurrent()) {
            return false;
        }
        target = Target.PAYLOAD;
        vector.add(slots.address(slot) + filled, pieceOfCurrent() - filled);
        return true;
    }

    /** During the handshake, all goes to the input. */
    boolean prepareHandshake(final IoVector vector) {
        vector.clear();
        return intoInput(vector, in.capacity());
    }

    void received(final int bytes) {
        switch (target) {
            case INPUT:
                in.received(bytes);
                break;
            case PAYLOAD:
                filled += bytes;
                break;
            default:
                prediction.received(bytes);
                break;
        }
    }

    /** A piece has come back from the volume. */
    void onComplete(final Request request, final int pieceSlot, final Failure failure) {
        request.outstanding--;
        if (failure != null) {
            request.fail(failure);
        }
        if (pieceSlot != SlotTable.NONE) {
            if (request.command == Nbd.CMD_WRITE) {
                slots.release(pieceSlot);
            } else {
                onRead(request, pieceSlot);
            }
        }
        if (request.isOver()) {
            finish(request);
        }
    }

    private boolean step() {
        if (toDrain > 0) {
            return drain();
        }
        if (current == null) {
            return requests.hasFree() && (prediction.isActive() ? nextPredicted() : nextRequest());
        }
        return current.command == Nbd.CMD_WRITE ? takePayload() : start();
    }

    private boolean drain() {
        final int length = (int) Math.min(toDrain, in.available());
        in.skip(length);
        toDrain -= length;
        return length > 0;
    }

    private boolean nextHeader(final IoVector vector) {
        if (in.available() == 0 && lastWrite > 0 && lastWrite <= Math.min(Prediction.MAX_WRITE, pieceLength)
            && prediction.prepare((int) lastWrite, vector)) {
            target = Target.PREDICTION;
            return true;
        }
        // Behind a write another one is likely: its header alone, so that its payload goes straight to a slot.
        return intoInput(vector, lastWrite > 0 ? Nbd.REQUEST_LENGTH - in.available() : HEADERS);
    }

    private boolean intoInput(final IoVector vector, final int limit) {
        final int length = Math.min(limit, in.room());
        if (length <= 0) {
            return false;
        }
        target = Target.INPUT;
        vector.add(in.tailAddress(), length);
        return true;
    }

    private boolean nextPredicted() {
        if (!prediction.holds()) {
            prediction.spill();
            return true;
        }
        final int payloadSlot = prediction.slot();
        final int payload = prediction.payload();
        take(prediction.headers(), prediction.header());
        prediction.taken();
        if (current != null) {
            slot = payloadSlot;
            filled = payload;
        } else {
            slots.release(payloadSlot);
            toDrain -= payload;
        }
        return true;
    }

    private boolean nextRequest() {
        if (in.available() < Nbd.REQUEST_LENGTH) {
            return false;
        }
        if (in.getInt(0) != Nbd.REQUEST_MAGIC) {
            connection.violation("request with wrong magic");
            return false;
        }
        final int index = in.head();
        in.skip(Nbd.REQUEST_LENGTH);
        take(in.buffer(), index);
        return true;
    }

    private void take(final UnsafeBuffer buffer, final int index) {
        final int flags = buffer.getShort(index + 4, ByteOrder.BIG_ENDIAN) & 0xFFFF;
        final int command = buffer.getShort(index + 6, ByteOrder.BIG_ENDIAN) & 0xFFFF;
        final long length = buffer.getInt(index + 24, ByteOrder.BIG_ENDIAN) & 0xFFFF_FFFFL;
        lastWrite = command == Nbd.CMD_WRITE ? length : 0;
        counters.increment(counterOf(command));
        if (command == Nbd.CMD_DISC) {
            connection.disconnect();
            return;
        }
        final Request request = requests.claim();
        request.begin(buffer.getLong(index + 8, ByteOrder.BIG_ENDIAN), command, flags,
            buffer.getLong(index + 16, ByteOrder.BIG_ENDIAN), length);
        final Failure failure = stopping ? Failure.STOPPING : checks.check(request);
        if (failure != null) {
            refuse(request, failure);
        } else {
            accept(request);
        }
    }

    private void refuse(final Request request, final Failure failure) {
        if (request.command == Nbd.CMD_WRITE) {
            if (request.length > MAX_DRAIN) {
                connection.violation("payload of " + request.length + " bytes");
                return;
            }
            toDrain = request.length;
        }
        request.fail(failure);
        replies.reply(request);
    }

    private void accept(final Request request) {
        switch (request.command) {
            case Nbd.CMD_READ:
                request.delivery = checks.deliveryOf(request);
                request.unstarted = request.length;
                current = request;
                break;
            case Nbd.CMD_WRITE:
                request.unstarted = request.length;
                current = request;
                break;
            case Nbd.CMD_CACHE:
            case Nbd.CMD_BLOCK_STATUS:
                replies.reply(request);
                break;
            default:
                request.unstarted = request.length;
                current = request;
                break;
        }
    }

    private boolean takePayload() {
        if (current.failure != null) {
            abandonPayload();
            return true;
        }
        if (slot == SlotTable.NONE && !claimSlot()) {
            return false;
        }
        final int piece = pieceOfCurrent();
        final int length = Math.min(in.available(), piece - filled);
        in.moveTo(slots.address(slot) + filled, length);
        filled += length;
        return filled == piece && write(piece);
    }

    private boolean write(final int piece) {
        final Request request = current;
        final int position = positionOfCurrent();
        slots.assign(slot, request.index, position, piece);
        request.unstarted -= piece;
        request.outstanding++;
        connection.outstanding(1);
        if (!volume.write(slots.address(slot), piece, request.offset + position, request.has(Nbd.CMD_FLAG_FUA),
            listener, tag(request, slot))) {
            request.unstarted += piece;
            return refusedByVolume(request);
        }
        slot = SlotTable.NONE;
        filled = 0;
        if (request.unstarted == 0) {
            current = null;
        }
        return true;
    }

    /** An earlier piece failed, or the server stops: what is left of the payload is thrown away. */
    private void abandonPayload() {
        final Request request = current;
        toDrain = request.unstarted - filled;
        if (slot != SlotTable.NONE) {
            slots.release(slot);
        }
        slot = SlotTable.NONE;
        filled = 0;
        current = null;
        request.unstarted = 0;
        if (request.isOver()) {
            finish(request);
        }
    }

    private boolean start() {
        if (current.command == Nbd.CMD_READ) {
            return startRead();
        }
        final Request request = current;
        final long length = request.unstarted;
        request.unstarted = 0;
        request.outstanding++;
        connection.outstanding(1);
        current = null;
        if (!callVolume(request)) {
            request.unstarted = length;
            current = request;
            return refusedByVolume(request);
        }
        return true;
    }

    private boolean callVolume(final Request request) {
        final long tag = tag(request, SlotTable.NONE);
        if (request.command == Nbd.CMD_FLUSH) {
            return volume.flush(listener, tag);
        }
        final boolean deallocate = request.command == Nbd.CMD_TRIM || !request.has(Nbd.CMD_FLAG_NO_HOLE);
        return volume.zero(request.offset, request.length, deallocate, request.has(Nbd.CMD_FLAG_FUA), listener, tag);
    }

    private boolean startRead() {
        final Request request = current;
        if (request.failure != null) {
            return abandonRead();
        }
        if (request.unstarted == 0 || mustBeAlone(request) || !claimSlot()) {
            return false;
        }
        final int pieceSlot = slot;
        final int piece = pieceOfCurrent();
        final int position = positionOfCurrent();
        slot = SlotTable.NONE;
        slots.assign(pieceSlot, request.index, position, piece);
        final int before = append(request, pieceSlot);
        request.unstarted -= piece;
        request.outstanding++;
        connection.outstanding(1);
        if (!volume.read(slots.address(pieceSlot), piece, request.offset + position, listener,
            tag(request, pieceSlot))) {
            request.unstarted += piece;
            removeLast(request, before);
            slots.release(pieceSlot);
            return refusedByVolume(request);
        }
        if (request.unstarted == 0 && request.delivery != Request.Delivery.STREAM) {
            current = null;
        }
        return true;
    }

    private boolean abandonRead() {
        final Request request = current;
        if (request.unstarted == 0) {
            return false;
        }
        request.unstarted = 0;
        current = null;
        if (request.isOver()) {
            finish(request);
        }
        return true;
    }

    /** Nothing may come between the parts of a long simple reply: it begins when all others are out. */
    private boolean mustBeAlone(final Request request) {
        return request.delivery == Request.Delivery.STREAM && requests.inUse() > 1;
    }

    private boolean refusedByVolume(final Request request) {
        request.outstanding--;
        connection.outstanding(-1);
        counters.increment(NbdCounter.VOLUME_WAITS);
        return false;
    }

    private boolean claimSlot() {
        slot = slots.claim(connection.index());
        filled = 0;
        if (slot == SlotTable.NONE) {
            counters.increment(NbdCounter.SLOT_WAITS);
        }
        return slot != SlotTable.NONE;
    }

    private int pieceOfCurrent() {
        return (int) Math.min(pieceLength, current.unstarted);
    }

    private int positionOfCurrent() {
        return (int) (current.length - current.unstarted);
    }

    /** @return the slot that was the last one before. */
    private int append(final Request request, final int pieceSlot) {
        final int before = request.lastSlot;
        if (request.delivery != Request.Delivery.CHUNKS) {
            if (request.firstSlot == SlotTable.NONE) {
                request.firstSlot = pieceSlot;
            } else {
                slots.next(before, pieceSlot);
            }
            request.lastSlot = pieceSlot;
        }
        return before;
    }

    private void removeLast(final Request request, final int before) {
        if (request.firstSlot == request.lastSlot) {
            request.firstSlot = SlotTable.NONE;
        } else {
            slots.next(before, SlotTable.NONE);
        }
        request.lastSlot = before;
    }

    private void onRead(final Request request, final int pieceSlot) {
        if (request.delivery != Request.Delivery.CHUNKS) {
            slots.done(pieceSlot);
            if (request.delivery == Request.Delivery.STREAM) {
                streamOn(request);
            }
        } else if (request.failure == null) {
            replies.data(pieceSlot, request.isOver());
        } else {
            slots.release(pieceSlot);
        }
    }

    private void streamOn(final Request request) {
        if (request.failure != null) {
            if (request.replying) {
                connection.drop("a read failed in the middle of a simple reply");
            }
            return;
        }
        while (request.firstSlot != SlotTable.NONE && slots.isDone(request.firstSlot)) {
            final int pieceSlot = request.firstSlot;
            request.firstSlot = slots.next(pieceSlot);
            request.replying = true;
            replies.data(pieceSlot, request.isOver() && request.firstSlot == SlotTable.NONE);
        }
        if (request.firstSlot == SlotTable.NONE) {
            request.lastSlot = SlotTable.NONE;
        }
    }

    private void finish(final Request request) {
        if (current == request) {
            current = null;
        }
        if (request.failure != null) {
            releasePieces(request);
            replies.reply(request);
        } else if (request.delivery == Request.Delivery.WHOLE) {
            for (int s = request.firstSlot; s != SlotTable.NONE; s = slots.next(s)) {
                replies.data(s, slots.next(s) == SlotTable.NONE);
            }
        } else if (request.delivery == Request.Delivery.NONE) {
            if (request.command == Nbd.CMD_WRITE) {
                counters.add(NbdCounter.BYTES_WRITTEN, request.length);
            }
            replies.reply(request);
        }
    }

    private void releasePieces(final Request request) {
        int s = request.firstSlot;
        while (s != SlotTable.NONE) {
            final int behind = slots.next(s);
            slots.release(s);
            s = behind;
        }
        request.firstSlot = SlotTable.NONE;
    }

    private long tag(final Request request, final int pieceSlot) {
        return NbdServer.tag(connection.index(), request.index, pieceSlot);
    }

    private static NbdCounter counterOf(final int command) {
        switch (command) {
            case Nbd.CMD_READ:
                return NbdCounter.READS;
            case Nbd.CMD_WRITE:
                return NbdCounter.WRITES;
            case Nbd.CMD_DISC:
                return NbdCounter.DISCONNECTS;
            case Nbd.CMD_FLUSH:
                return NbdCounter.FLUSHES;
            case Nbd.CMD_TRIM:
                return NbdCounter.TRIMS;
            case Nbd.CMD_CACHE:
                return NbdCounter.CACHES;
            case Nbd.CMD_WRITE_ZEROES:
                return NbdCounter.ZEROES;
            case Nbd.CMD_BLOCK_STATUS:
                return NbdCounter.BLOCK_STATUSES;
            default:
                return NbdCounter.UNKNOWN_COMMANDS;
        }
    }
}
