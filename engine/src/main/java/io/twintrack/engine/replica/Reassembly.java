package io.twintrack.engine.replica;

import io.twintrack.engine.disk.DiskOperation.Step;
import io.twintrack.engine.frame.FrameFlag;
import io.twintrack.engine.frame.FrameReader;
import io.twintrack.engine.frame.sbe.FrameDecoder;
import io.twintrack.engine.memory.SlotPool;
import org.agrona.UnsafeApi;

/**
 * Puts requests together in slots, from frames that are too small or lie off the disk's boundaries. HBA's thread only.
 */
final class Reassembly {
    private final ApplyPool applies;
    private final SlotPool slots;
    private final int maxFragments;

    Reassembly(final ApplyPool applies, final SlotPool slots, final int maxFragments) {
        this.applies = applies;
        this.slots = slots;
        this.maxFragments = maxFragments;
    }

    /** @return one with a slot of its own, or null when there is none. */
    Apply claim() {
        final int slot = slots.claim();
        if (slot == SlotPool.NONE) {
            return null;
        }
        final Apply apply = applies.claimAssembly();
        if (apply == null) {
            slots.release(slot);
            return null;
        }
        apply.slot = slot;
        return apply;
    }

    /** @return the request that this frame is a fragment of and that has begun to arrive, or null. */
    Apply begun(final FrameDecoder fields, final long session) {
        return applies.incomplete(session, fields.requestId());
    }

    /** @return a new request of which this frame is the first fragment, or null when there is no slot. */
    Apply begin(final FrameReader frame, final RedundantVolume volume, final long session) {
        final Apply apply = claim();
        if (apply != null) {
            final FrameDecoder fields = frame.fields();
            apply.set(volume, session, Step.WRITE, fields.requestOffset(), fields.requestLength());
            apply.address = slots.address(apply.slot);
            apply.durable = frame.has(FrameFlag.DURABLE);
            apply.requestId = fields.requestId();
        }
        return apply;
    }

    /** The frame says the same of its request as those before it. */
    boolean agrees(final Apply apply, final FrameDecoder fields, final RedundantVolume volume) {
        return apply.volume == volume && apply.offset == fields.requestOffset()
            && apply.length == fields.requestLength() && apply.messageCount < maxFragments;
    }

    /** @return whether the request is whole now. */
    boolean add(final FrameReader frame, final Apply apply, final long messageId) {
        UnsafeApi.copyMemory(
            frame.payloadAddress(), apply.address + frame.fields().fragmentOffset(), frame.payloadLength());
        apply.answers(messageId);
        apply.receivedBytes += frame.payloadLength();
        return apply.receivedBytes >= apply.length;
    }

    void free(final Apply apply) {
        if (apply.slot != SlotPool.NONE) {
            slots.release(apply.slot);
            apply.slot = SlotPool.NONE;
        }
    }
}
