package io.twintrack.node.nbd;

import io.twintrack.engine.volume.RequestListener;
import io.twintrack.engine.volume.Volume;

/**
 * Gives the pieces of one connection's requests to the volume, takes them back in any order, and queues the replies.
 * Bytes count as started before the volume is called, because it may complete a piece at once.
 */
final class InFlight {
    private final Connection connection;
    private final SlotTable slots;
    private final Replies replies;
    private final RequestListener listener;
    private final NbdCounters counters;
    private Volume volume;

    InFlight(final Connection connection, final SlotTable slots, final Replies replies,
             final RequestListener listener, final NbdCounters counters) {
        this.connection = connection;
        this.slots = slots;
        this.replies = replies;
        this.listener = listener;
        this.counters = counters;
    }

    void begin(final Volume chosen) {
        volume = chosen;
    }

    /** @return false when the volume takes no more now: try again later. The slot stays the caller's then. */
    boolean write(final Request request, final int slot, final int position, final int length) {
        slots.assign(slot, request.index, position, length);
        count(request, length);
        return volume.write(slots.address(slot), length, request.offset + position, request.has(Nbd.CMD_FLAG_FUA),
            listener, tag(request, slot)) || uncount(request, length);
    }

    /** As {@link #write}. */
    boolean read(final Request request, final int slot, final int position, final int length) {
        slots.assign(slot, request.index, position, length);
        final int before = append(request, slot);
        count(request, length);
        if (volume.read(slots.address(slot), length, request.offset + position, listener, tag(request, slot))) {
            return true;
        }
        removeLast(request, before);
        return uncount(request, length);
    }

    /** Flush, trim or zeroes. @return as {@link #write}. */
    boolean start(final Request request) {
        final long length = request.unstarted;
        count(request, length);
        return callVolume(request) || uncount(request, length);
    }

    /** What was not started yet will not be. */
    void abandon(final Request request) {
        if (request.unstarted > 0) {
            request.unstarted = 0;
            if (request.isOver()) {
                finish(request);
            }
        }
    }

    /** A piece of a change is answered; its slot comes back later. */
    void onAnswered(final Request request) {
        request.unanswered--;
        if (request.isOver()) {
            finish(request);
        }
    }

    /** A piece has come back from the volume. */
    void onComplete(final Request request, final int pieceSlot, final Failure failure) {
        request.unanswered--;
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

    private void count(final Request request, final long length) {
        request.unstarted -= length;
        request.unanswered++;
        connection.outstanding(1);
    }

    private boolean uncount(final Request request, final long length) {
        request.unstarted += length;
        request.unanswered--;
        connection.outstanding(-1);
        counters.increment(NbdCounter.VOLUME_WAITS);
        return false;
    }

    private boolean callVolume(final Request request) {
        final long tag = tag(request, SlotTable.NONE);
        if (request.command == Nbd.CMD_FLUSH) {
            return volume.flush(listener, tag);
        }
        final boolean deallocate = request.command == Nbd.CMD_TRIM || !request.has(Nbd.CMD_FLAG_NO_HOLE);
        return volume.zero(request.offset, request.length, deallocate, request.has(Nbd.CMD_FLAG_FUA), listener, tag);
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
}
