package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.disk.DiskOperation.Step;
import io.twintrack.engine.frame.BlockHash;
import io.twintrack.engine.frame.FrameFlag;
import io.twintrack.engine.frame.FrameReader;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.sbe.FrameDecoder;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.ReplicaLink;
import io.twintrack.engine.replica.DuplicateWindow.Seen;
import org.agrona.BitUtil;

/**
 * Carries out the frames of a session: checks each against its volume, writes its bytes from where they were received
 * or puts a request together in a slot first, and answers when the disk is done.
 */
final class FrameApplier {
    /** Shortest payload that a link carries, but for the last of a request. */
    private static final int MIN_FRAGMENT = 512;

    private final ReplicaLink link;
    private final DuplicateWindow window;
    private final ReplySender replies;
    private final SlotPool slots;
    private final Counters counters;
    private final ApplyPool applies;
    private final BlockHash hash = new BlockHash();
    private final Attachments attachments;
    private final PairFrames pairFrames;
    private final Reassembly reassembly;
    private final PayloadReplies reads;
    private int outstanding;
    private int onDisk;

    FrameApplier(
        final ReplicaLink link, final DuplicateWindow window, final ReplySender replies,
        final Attachments attachments, final SlotPool slots, final int depth, final Counters counters) {
        this.link = link;
        this.window = window;
        this.replies = replies;
        this.attachments = attachments;
        this.pairFrames = new PairFrames(attachments, window, replies);
        this.slots = slots;
        this.counters = counters;
        final int maxFragments = slots.slotLength() / MIN_FRAGMENT;
        applies = new ApplyPool(depth, slots.count(), maxFragments);
        reassembly = new Reassembly(applies, slots, maxFragments);
        reads = new PayloadReplies(applies, replies, window);
    }

    RedundantVolume volume(final String pairName, final PairTarget pair, final BlockDevice device) {
        return new RedundantVolume(pairName, pair, device, applies, this::onDiskComplete);
    }

    int slotLength() {
        return slots.slotLength();
    }

    /** @return what becomes of the frame's memory, see {@link FrameHandler}. */
    int carryOut(final FrameReader frame, final long session, final long messageId, final long token) {
        return switch (frame.operation()) {
            case HEARTBEAT -> replies.finish(messageId, Outcome.DONE, Status.OK);
            case WRITE -> write(frame, session, messageId, token);
            case ZERO, FLUSH, COMPARE -> command(frame, session, messageId);
            case READ -> read(frame, session, messageId);
            case TRACKS -> pairFrames.tracks(frame, messageId);
            case ATTACH -> pairFrames.attach(frame, session, messageId);
            case ORDER -> pairFrames.order(frame, session, messageId);
            default -> replies.finish(messageId, Outcome.ERROR, Status.INVALID);
        };
    }

    /** The frame was carried out before. @return what becomes of its memory, see {@link FrameHandler}. */
    int answerAgain(final FrameReader frame, final long session, final long messageId, final long token) {
        final Outcome outcome = window.outcome(messageId);
        if (frame.operation().isQuestion() && outcome == Outcome.DONE) {
            return carryOut(frame, session, messageId, token);
        }
        if (outcome == Outcome.ATTACHED) {
            attachments.report(frame.fields().redundantVolume(), messageId);
        } else {
            replies.answerAgain(messageId);
        }
        return FrameHandler.CONSUMED;
    }

    /** The disk reads whole sectors; the reply carries what was asked of them. */
    private int read(final FrameReader frame, final long session, final long messageId) {
        final FrameDecoder fields = frame.fields();
        final RedundantVolume volume = attachments.volume(fields.redundantVolume());
        final long sectors = volume == null ? 1 : volume.sectorSize();
        final long from = fields.requestOffset() & -sectors;
        final long length = BitUtil.align(fields.requestOffset() + fields.requestLength() - from, sectors);
        final boolean fits = fields.requestLength() > 0 && fields.requestLength() <= replies.longestPayload()
            && length <= slots.slotLength();
        final Status refusal = check(volume, Operation.READ, fields.volumeSize(), from, length);
        if (refusal != Status.OK || !fits) {
            return replies.finish(messageId, Outcome.ERROR, refusal != Status.OK ? refusal : Status.INVALID);
        }
        final Apply apply = reassembly.claim();
        if (apply == null) {
            return noSlot(session, messageId);
        }
        apply.set(volume, session, Step.READ, from, length);
        apply.address = slots.address(apply.slot);
        apply.receivedBytes = length;
        apply.replyOffset = (int) (fields.requestOffset() - from);
        apply.replyLength = (int) fields.requestLength();
        start(apply, messageId);
        return FrameHandler.CONSUMED;
    }

    private int write(final FrameReader frame, final long session, final long messageId, final long token) {
        final FrameDecoder fields = frame.fields();
        final RedundantVolume volume = attachments.volume(fields.redundantVolume());
        final Status refusal = check(volume, Operation.WRITE, fields, slots.slotLength());
        if (refusal != Status.OK) {
            return replies.finish(messageId, Outcome.ERROR, refusal);
        }
        if (!frame.payloadIntact()) {
            counters.increment(Counter.FRAMES_CORRUPT_PAYLOAD);
            return replies.tryAgain(session, messageId, Status.CHECKSUM);
        }
        final boolean direct = isDirect(frame, volume);
        final int fate = direct ? writeDirectly(frame, volume, session, messageId, token)
            : reassemble(frame, volume, session, messageId);
        if (fate != FrameHandler.REFUSED) {
            counters.add(Counter.BYTES_RECEIVED, frame.payloadLength());
        }
        if (frame.has(FrameFlag.SAY_HELD) && window.seen(messageId) == Seen.PENDING) {
            replies.say(session, messageId, Outcome.HELD, Status.OK);
        }
        return fate;
    }

    /** What is said of a frame that came again while it is carried out. */
    static Outcome underWay(final FrameReader frame) {
        return frame.operation() == Operation.WRITE && frame.has(FrameFlag.SAY_HELD) ? Outcome.HELD : Outcome.WORKING;
    }

    /**
     * All fragments of a request must go the same way, so a payload that lies on the disk's boundary by chance is not
     * enough: one written from where it lies would be missing for ever in the slot of the others.
     */
    private static boolean isDirect(final FrameReader frame, final RedundantVolume volume) {
        final FrameDecoder fields = frame.fields();
        final boolean inOneFrame = frame.payloadLength() == fields.requestLength();
        final boolean alike = fields.payloadOffset() == ReplicaLink.ALIGNED_HEADER && volume.takesSectors();
        return (inOneFrame || alike)
            && volume.takesDirectly(frame.payloadAddress(), fields.fragmentOffset(), frame.payloadLength());
    }

    /** The disk reads the bytes where the link received them; the link gets them back when it is done. */
    private int writeDirectly(
        final FrameReader frame, final RedundantVolume volume, final long session, final long messageId,
        final long token) {
        final Apply apply = applies.claimSingle();
        if (apply == null) {
            return FrameHandler.REFUSED;
        }
        counters.increment(Counter.FRAMES_DIRECT);
        final long offset = frame.fields().requestOffset() + frame.fields().fragmentOffset();
        apply.set(volume, session, Step.WRITE, offset, frame.payloadLength());
        apply.address = frame.payloadAddress();
        apply.durable = frame.has(FrameFlag.DURABLE);
        apply.token = token;
        apply.promised = frame.has(FrameFlag.SAY_HELD);
        start(apply, messageId);
        return FrameHandler.HELD;
    }

    /** Small frames, or a disk that wants coarser alignment: the request is put together in a slot. */
    private int reassemble(
        final FrameReader frame, final RedundantVolume volume, final long session, final long messageId) {
        Apply apply = reassembly.begun(frame.fields(), session);
        if (apply != null && !reassembly.agrees(apply, frame.fields(), volume)) {
            return replies.finish(messageId, Outcome.ERROR, Status.INVALID);
        }
        if (apply == null) {
            apply = reassembly.begin(frame, volume, session);
            if (apply == null) {
                return noSlot(session, messageId);
            }
            outstanding++;
        }
        counters.increment(Counter.FRAMES_COPIED);
        window.pending(messageId);
        if (reassembly.add(frame, apply, messageId)) {
            // Not before: of one that is not whole, no origin was told that all of it is here.
            apply.promised = frame.has(FrameFlag.SAY_HELD);
            onDisk++;
            volume.start(apply);
        }
        return FrameHandler.CONSUMED;
    }

    private int command(final FrameReader frame, final long session, final long messageId) {
        final FrameDecoder fields = frame.fields();
        final RedundantVolume volume = attachments.volume(fields.redundantVolume());
        final boolean compare = frame.operation() == Operation.COMPARE;
        final Status refusal =
            check(volume, frame.operation(), fields, compare ? slots.slotLength() : Long.MAX_VALUE);
        if (fields.requestLength() == 0 != (frame.operation() == Operation.FLUSH)) {
            return replies.finish(messageId, Outcome.ERROR, Status.INVALID);
        }
        if (refusal != Status.OK) {
            return replies.finish(messageId, Outcome.ERROR, refusal);
        }
        final Apply apply = compare ? reassembly.claim() : applies.claimSingle();
        if (apply == null) {
            return compare ? noSlot(session, messageId) : FrameHandler.REFUSED;
        }
        apply.set(volume, session, step(frame), fields.requestOffset(), fields.requestLength());
        apply.durable = frame.has(FrameFlag.DURABLE);
        apply.deallocate = frame.has(FrameFlag.DEALLOCATE);
        if (compare) {
            compareWith(apply, fields);
        }
        start(apply, messageId);
        return FrameHandler.CONSUMED;
    }

    private void compareWith(final Apply apply, final FrameDecoder fields) {
        apply.address = slots.address(apply.slot);
        apply.comparison = true;
        apply.receivedBytes = apply.length;
        apply.hashLow = fields.hashLow();
        apply.hashHigh = fields.hashHigh();
    }

    private static Step step(final FrameReader frame) {
        return switch (frame.operation()) {
            case COMPARE -> Step.READ;
            case ZERO -> Step.ZERO;
            default -> Step.FLUSH;
        };
    }

    private void start(final Apply apply, final long messageId) {
        outstanding++;
        onDisk++;
        window.pending(messageId);
        apply.answers(messageId);
        apply.volume.start(apply);
    }

    /** Flushes one volume's disk without being asked by a frame. */
    void flush(final RedundantVolume volume) {
        final Apply apply = applies.claimSingle();
        apply.set(volume, replies.session(), Step.FLUSH, 0, 0);
        outstanding++;
        onDisk++;
        volume.start(apply);
    }

    private static Status check(
        final RedundantVolume volume, final Operation operation, final FrameDecoder fields, final long maxLength) {
        final Status refusal =
            check(volume, operation, fields.volumeSize(), fields.requestOffset(), fields.requestLength());
        return refusal == Status.OK && fields.requestLength() > maxLength ? Status.INVALID : refusal;
    }

    private static Status check(
        final RedundantVolume volume, final Operation operation, final long volumeSize, final long offset,
        final long length) {
        if (volume == null) {
            return Status.NOT_ATTACHED;
        }
        final Status refusal = volume.pair().accepts(operation);
        return refusal == Status.OK ? volume.check(volumeSize, offset, length) : refusal;
    }

    /**
     * Wait for the disk when it will free a slot. When all slots hold requests whose missing frames come behind this
     * one, waiting would never end: the frame is sent again later.
     */
    private int noSlot(final long session, final long messageId) {
        return onDisk > 0 || !reads.isEmpty() ? FrameHandler.REFUSED
            : replies.tryAgain(session, messageId, Status.BUSY);
    }

    private void onDiskComplete(final Apply apply, final Status status) {
        onDisk--;
        if (apply.replyLength > 0 && status == Status.OK && apply.session == replies.session()) {
            if (reads.send(apply)) {
                free(apply);
            }
            return;
        }
        if (apply.session == replies.session()) {
            final Outcome outcome = outcome(apply, status);
            for (int i = 0; i < apply.messageCount; i++) {
                replies.finish(apply.messageIds[i], outcome, status);
            }
        } else if (apply.promised && status != Status.OK) {
            apply.volume.fail(status);
        }
        free(apply);
    }

    /** What cannot be read does not equal anything: the origin writes it anew, which is what mends a bad sector. */
    private Outcome outcome(final Apply apply, final Status status) {
        if (apply.comparison && status == Status.IO_ERROR) {
            return Outcome.DIFFERENT;
        }
        if (status != Status.OK) {
            return Outcome.ERROR;
        }
        if (!apply.comparison) {
            return Outcome.DONE;
        }
        hash.compute(apply.address, (int) apply.length);
        return hash.low() == apply.hashLow && hash.high() == apply.hashHigh ? Outcome.DONE : Outcome.DIFFERENT;
    }

    private void free(final Apply apply) {
        outstanding--;
        if (apply.token != Apply.NO_TOKEN) {
            link.release(apply.token);
        }
        reassembly.free(apply);
        applies.release(apply);
    }

    /** Sends what had to wait for room on the wire. @return how many. */
    int poll() {
        int sent = 0;
        for (Apply read = reads.poll(); read != null; read = reads.poll()) {
            free(read);
            sent++;
        }
        return sent;
    }

    /** The session is over: what has not reached the disk never will, but for what this side said that it holds. */
    void dropWaiting() {
        for (Apply read = reads.drop(); read != null; read = reads.drop()) {
            free(read);
        }
        for (int i = 0; i < applies.capacity(); i++) {
            final Apply apply = applies.get(i);
            if (apply.volume != null && !apply.started && !apply.promised) {
                onDisk -= apply.holdsRange ? 1 : 0;
                apply.volume.drop(apply);
                free(apply);
            }
        }
        for (final RedundantVolume volume : attachments.volumes()) {
            volume.cancelHeld();
        }
    }

    /** Nothing is on its way to disk, waits for the rest of its frames or was ordered and not done. */
    boolean isIdle() {
        return outstanding == 0 && pairFrames.isIdle();
    }
}
