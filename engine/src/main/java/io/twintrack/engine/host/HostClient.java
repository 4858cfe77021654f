package io.twintrack.engine.host;

import io.twintrack.engine.Status;
import io.twintrack.engine.memory.HbaMemory;
import io.twintrack.engine.memory.HbaMemoryLayout;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;

import java.lang.invoke.VarHandle;

import static io.twintrack.engine.host.HostRecord.*;

/**
 * How one other thread uses the volumes of an HBA: it fills its slots where they lie, files requests and polls for
 * their completions. Data is not copied between the two.
 *
 * <p>A request that returns {@code false} was not filed, because as many are unanswered as may be or the ring is full:
 * poll, then try again. A filed request is answered exactly once; {@link Status#INVALID} says that it was malformed
 * and nothing was done. From filing to answer its slot belongs to the HBA. Requests are taken up in the order of
 * filing, and answered in any order.
 *
 * <p>Threading: one thread, which the HBA's side handed this object to safely. The commit of a request pairs with the
 * HBA's volatile read of the record, so what was written into a slot before filing is seen by the HBA; the HBA's
 * commit of a completion pairs in the same way with {@link #poll}. Allocates nothing after construction.
 */
public final class HostClient {
    private final int id;
    private final ManyToOneRingBuffer requests;
    private final OneToOneRingBuffer completions;
    private final AtomicBuffer header;
    private final Wakeup wakeup;
    private final int limit;
    private final int slotLength;
    private final long[] slotAddresses;
    private final MessageHandler onCompletion = this::onMessage;

    private int outstanding;
    private CompletionHandler handler;

    HostClient(final int id, final HbaMemory memory, final long[] slotAddresses, final Wakeup wakeup) {
        this.id = id;
        this.slotAddresses = slotAddresses;
        this.wakeup = wakeup;
        requests = new ManyToOneRingBuffer(memory.hostRing());
        completions = new OneToOneRingBuffer(memory.hostCompletions(id & CLIENT_INDEX_MASK));
        header = memory.header();
        limit = memory.layout().hostOutstanding();
        slotLength = memory.layout().slotLength();
    }

    /** How many slots it was granted; they are counted from 0. */
    public int slotCount() {
        return slotAddresses.length;
    }

    /** In bytes: the longest read or write. */
    public int slotLength() {
        return slotLength;
    }

    /** Of the slot's first byte, page-aligned; {@link #slotLength()} bytes are its own. */
    public long slotAddress(final int slot) {
        return slotAddresses[slot];
    }

    /** Requests that were filed and whose completions were not polled yet. */
    public int outstanding() {
        return outstanding;
    }

    /**
     * Reads into a slot.
     *
     * @param volume index, in the order in which the HBA has them.
     * @param length in bytes, 1 to the slot's length, a multiple of the volume's sector size.
     * @param offset in the volume, in bytes.
     */
    public boolean read(
        final int volume, final int slot, final int length, final long offset, final long correlationId) {
        return file(READ, volume, slot, length, offset, 0, correlationId);
    }

    /** Writes from a slot. @param durable completes when both sides have it on stable storage (FUA). */
    public boolean write(
        final int volume,
        final int slot,
        final int length,
        final long offset,
        final boolean durable,
        final long correlationId) {
        return file(WRITE, volume, slot, length, offset, durable ? DURABLE : 0, correlationId);
    }

    /** Every write whose completion was polled before is on stable storage of both sides when it completes. */
    public boolean flush(final int volume, final long correlationId) {
        return file(FLUSH, volume, NO_SLOT, 0, 0, 0, correlationId);
    }

    /** The range reads as zeros afterwards. @param deallocate give the room back (TRIM). */
    public boolean zero(
        final int volume,
        final long offset,
        final long length,
        final boolean deallocate,
        final boolean durable,
        final long correlationId) {
        final int flags = (deallocate ? DEALLOCATE : 0) | (durable ? DURABLE : 0);
        return file(ZERO, volume, NO_SLOT, length, offset, flags, correlationId);
    }

    /** Hands over the completions that have arrived; new requests may be filed from within. @return how many. */
    public int poll(final CompletionHandler handler) {
        this.handler = handler;
        return completions.read(onCompletion, limit);
    }

    int id() {
        return id;
    }

    private boolean file(
        final byte operation,
        final int volume,
        final int slot,
        final long length,
        final long offset,
        final int flags,
        final long correlationId) {
        if (outstanding == limit) {
            return false;
        }
        final int index = requests.tryClaim(REQUEST_TYPE, REQUEST_LENGTH);
        if (index < 0) {
            return false;
        }
        final AtomicBuffer record = requests.buffer();
        record.putLong(index + CORRELATION_OFFSET, correlationId);
        record.putLong(index + OFFSET_OFFSET, offset);
        record.putLong(index + LENGTH_OFFSET, length);
        record.putInt(index + CLIENT_OFFSET, id);
        record.putInt(index + VOLUME_OFFSET, volume);
        record.putInt(index + SLOT_OFFSET, slot);
        record.putByte(index + OPERATION_OFFSET, operation);
        record.putByte(index + FLAGS_OFFSET, (byte) flags);
        outstanding++;
        requests.commit(index);
        wakeIfAsleep();
        return true;
    }

    private void wakeIfAsleep() {
        // Pairs with the fence in HostRing.maySleep(): filing, fence, look at the flag, there set the flag, fence, look
        // at the ring. Whichever fence comes first, one of the two sees what the other did.
        VarHandle.fullFence();
        if (header.getIntVolatile(HbaMemoryLayout.SLEEPING_OFFSET) != 0
            && header.compareAndSetInt(HbaMemoryLayout.SLEEPING_OFFSET, 1, 0)) {
            wakeup.wake();
        }
    }

    private void onMessage(final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        outstanding--;
        handler.onCompletion(
            buffer.getLong(index + CORRELATION_OFFSET),
            buffer.getInt(index + COMPLETION_SLOT_OFFSET),
            Status.of(buffer.getInt(index + COMPLETION_STATUS_OFFSET)));
    }
}
