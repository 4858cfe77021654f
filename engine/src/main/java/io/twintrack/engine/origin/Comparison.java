package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.volume.RequestListener;

/**
 * Compares one volume with the target from its first byte to its last, a few slots at a time, while clients go on. It
 * ends with a flush of both sides, so that "equal" holds on stable storage.
 */
final class Comparison implements RequestListener {
    private static final int DEPTH = 8;
    private static final long FLUSH_TAG = -1;

    private enum Step {
        IDLE, BLOCKS, FLUSH
    }

    private final PrimaryVolume volume;
    private final SlotPool slots;
    private Step step = Step.IDLE;
    private long cursor;
    private long copied;
    private int outstanding;
    private Status status = Status.OK;

    Comparison(final PrimaryVolume volume, final SlotPool slots) {
        this.volume = volume;
        this.slots = slots;
    }

    void begin() {
        step = Step.BLOCKS;
        cursor = 0;
        copied = 0;
        status = Status.OK;
    }

    /** @return an amount of work, more than 0 in the call that ends it. */
    int poll() {
        return switch (step) {
            case IDLE -> 0;
            case BLOCKS -> pollBlocks();
            case FLUSH -> pollFlush();
        };
    }

    private int pollBlocks() {
        int begun = 0;
        while (status == Status.OK && cursor < volume.size() && outstanding < DEPTH && beginBlock()) {
            begun++;
        }
        if (outstanding > 0 || status == Status.OK && cursor < volume.size()) {
            return begun;
        }
        step = Step.IDLE;
        if (status == Status.OK && volume.flushBoth(this, FLUSH_TAG)) {
            step = Step.FLUSH;
            outstanding++;
        } else if (status == Status.OK) {
            step = Step.BLOCKS;
        }
        return begun + 1;
    }

    private int pollFlush() {
        if (outstanding > 0) {
            return 0;
        }
        step = Step.IDLE;
        return 1;
    }

    /**
     * Half of the slots are left for what peers ask of this node. Two nodes that compare with each other would else
     * hold all of them, each waiting for a slot of the other.
     */
    private boolean beginBlock() {
        if (slots.free() <= slots.count() / 2) {
            return false;
        }
        final int slot = slots.claim();
        final int length = (int) Math.min(Math.min(slots.slotLength(), volume.maxTransfer()), volume.size() - cursor);
        outstanding++;
        if (!volume.compare(slots.address(slot), length, cursor, this, slot)) {
            outstanding--;
            slots.release(slot);
            return false;
        }
        cursor += length;
        return true;
    }

    @Override
    public void onComplete(final long tag, final Status result) {
        outstanding--;
        if (result != Status.OK && status == Status.OK) {
            status = result;
        }
        if (tag != FLUSH_TAG) {
            slots.release((int) tag);
        }
    }

    /** Ends it as soon as its requests on their way are done. */
    void stop(final Status reason) {
        status = reason;
    }

    void onCopied(final long length) {
        copied += length;
    }

    boolean isIdle() {
        return step == Step.IDLE;
    }

    boolean isEqual() {
        return step == Step.IDLE && status == Status.OK && cursor == volume.size();
    }

    Status status() {
        return status;
    }

    long copiedBytes() {
        return copied;
    }
}
