package io.twintrack.bench.load;

import io.twintrack.engine.Status;
import io.twintrack.engine.volume.RequestListener;
import io.twintrack.engine.volume.Volume;
import java.util.Set;
import java.util.function.IntToLongFunction;
import java.util.function.LongToIntFunction;

/**
 * An engine's volume, used on the HBA's own thread: {@link #poll} runs its duty cycle. What is longer than the
 * volume's longest transfer is split, and completes when all its parts did. Allocates nothing after construction.
 */
public final class VolumeClient implements EmbeddedVolume {
    private final RequestListener partListener = this::onPart;
    private final Volume volume;
    private final IntToLongFunction memory;
    private final LongToIntFunction dutyCycle;
    private final Set<Long> pids;
    private final Runnable end;

    private final int[] partsOpen = new int[TAGS];
    private final boolean[] failed = new boolean[TAGS];
    private final int[] done = new int[TAGS];
    private int doneCount;

    /** The request of which some parts are not submitted yet; the next one waits until they are. */
    private boolean pendingWrite;
    private long pendingAddress;
    private int pendingLength;
    private long pendingOffset;
    private int pendingTag;

    /**
     * @param memory    gives page-aligned memory of a length, fit for direct I/O, that lives until the end.
     * @param dutyCycle of the HBA: takes the time in nanoseconds, returns an amount of work.
     * @param pids      this process and the target's.
     * @param end       stops the HBA and the target.
     */
    public VolumeClient(
        final Volume volume, final IntToLongFunction memory, final LongToIntFunction dutyCycle, final Set<Long> pids,
        final Runnable end) {
        this.volume = volume;
        this.memory = memory;
        this.dutyCycle = dutyCycle;
        this.pids = pids;
        this.end = end;
    }

    @Override
    public long allocate(final int length) {
        return memory.applyAsLong(length);
    }

    @Override
    public boolean write(final long address, final int length, final long offset, final long tag) {
        return take(true, address, length, offset, tag);
    }

    @Override
    public boolean read(final long address, final int length, final long offset, final long tag) {
        return take(false, address, length, offset, tag);
    }

    @Override
    public int poll(final CompletionListener listener) {
        submitPending();
        dutyCycle.applyAsInt(System.nanoTime());
        submitPending();
        int delivered = 0;
        while (doneCount > 0) {
            final int tag = done[--doneCount];
            listener.onComplete(tag, !failed[tag]);
            delivered++;
        }
        return delivered;
    }

    @Override
    public Set<Long> pids() {
        return pids;
    }

    @Override
    public void close() {
        end.run();
    }

    private boolean take(
        final boolean write, final long address, final int length, final long offset, final long tag) {
        if (pendingLength > 0) {
            return false;
        }
        pendingWrite = write;
        pendingAddress = address;
        pendingLength = length;
        pendingOffset = offset;
        pendingTag = (int) tag;
        partsOpen[pendingTag] = (length + volume.maxTransfer() - 1) / volume.maxTransfer();
        failed[pendingTag] = false;
        submitPending();
        if (pendingLength == length) {
            pendingLength = 0;
            return false;
        }
        return true;
    }

    private void submitPending() {
        boolean taken = true;
        while (pendingLength > 0 && taken) {
            final int part = Math.min(pendingLength, volume.maxTransfer());
            taken = pendingWrite
                ? volume.write(pendingAddress, part, pendingOffset, false, partListener, pendingTag)
                : volume.read(pendingAddress, part, pendingOffset, partListener, pendingTag);
            if (taken) {
                pendingAddress += part;
                pendingOffset += part;
                pendingLength -= part;
            }
        }
    }

    private void onPart(final long tag, final Status status) {
        final int request = (int) tag;
        failed[request] |= status != Status.OK;
        if (--partsOpen[request] == 0) {
            done[doneCount++] = request;
        }
    }
}
