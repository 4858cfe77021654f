package io.twintrack.node.nbd;

import io.twintrack.node.socket.IoVector;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * Takes the requests of one connection, one after the other, and starts them on its volume piece by piece: a piece of
 * a write as soon as its bytes are in its slot, a piece of a read as soon as a slot is free. What cannot go on for lack
 * of a slot, a request or the volume's patience stays as it is until the next duty cycle; meanwhile nothing is
 * received.
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
    private final InFlight inFlight;
    private final NbdCounters counters;

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
           final Input in, final Prediction prediction, final InFlight inFlight, final NbdCounters counters) {
        this.connection = connection;
        this.slots = slots;
        this.requests = requests;
        this.replies = replies;
        this.in = in;
        this.prediction = prediction;
        this.inFlight = inFlight;
        this.counters = counters;
    }

    void begin(final Export chosen, final boolean structured, final int contexts) {
        pieceLength = Math.min(slots.slotLength(), chosen.volume().maxTransfer());
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
        if (!inFlight.write(current, slot, positionOfCurrent(), piece)) {
            return false;
        }
        slot = SlotTable.NONE;
        filled = 0;
        if (current.unstarted == 0) {
            current = null;
        }
        return true;
    }

    /** An earlier piece failed, or the server stops: what is left of the payload is thrown away. */
    private void abandonPayload() {
        toDrain = current.unstarted - filled;
        if (slot != SlotTable.NONE) {
            slots.release(slot);
        }
        slot = SlotTable.NONE;
        filled = 0;
        inFlight.abandon(current);
        current = null;
    }

    private boolean start() {
        if (current.command == Nbd.CMD_READ) {
            return startRead();
        }
        if (!inFlight.start(current)) {
            return false;
        }
        current = null;
        return true;
    }

    private boolean startRead() {
        if (current.failure != null) {
            inFlight.abandon(current);
            current = null;
            return true;
        }
        if (current.unstarted == 0) {
            return endStream();
        }
        if (mustBeAlone() || !claimSlot()) {
            return false;
        }
        final int pieceSlot = slot;
        slot = SlotTable.NONE;
        if (!inFlight.read(current, pieceSlot, positionOfCurrent(), pieceOfCurrent())) {
            slots.release(pieceSlot);
            return false;
        }
        if (current.unstarted == 0 && current.delivery != Request.Delivery.STREAM) {
            current = null;
        }
        return true;
    }

    /** Nothing may come between the parts of a long simple reply: it begins when all others are out. */
    private boolean mustBeAlone() {
        return current.delivery == Request.Delivery.STREAM && requests.inUse() > 1;
    }

    /** And others begin when its last part is queued. */
    private boolean endStream() {
        if (!current.isOver()) {
            return false;
        }
        current = null;
        return true;
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
