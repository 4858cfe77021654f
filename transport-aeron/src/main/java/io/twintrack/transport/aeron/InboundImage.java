package io.twintrack.transport.aeron;

import io.aeron.Image;
import io.aeron.driver.status.ReceiverHwm;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.SharedMemory;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;

/**
 * One incoming stream of one life of the peer: reads its frames where they lie and keeps held ones where they are.
 *
 * <p>The three term buffers are mapped once more, by us, so that the mapping ends when the last held frame is released
 * and not when Aeron thinks so: Aeron unmaps its own a while after the image is lost, and at once when its client
 * closes. The file's pages live as long as any mapping of it.
 *
 * <pre>
 *        oldest held                     position
 *             |                             |
 *   ----------[=====  = ==    ===     ======)..............................)
 *             |<------ at most one term --->|<-- window: at most half a term
 * </pre>
 *
 * Aeron's driver cleans what lies more than one term behind the subscriber position (PublicationImage.trackRebuild),
 * and takes nothing that lies more than half a term before it; three terms make a round. The position moves as frames
 * are offered, not as they are released, so slow disks do not close the window at once; but no frame is offered whose
 * end lies more than a term before the start of the oldest held one. So a held frame is never cleaned or overwritten.
 *
 * <p>Bytes that were offered are not rewritten by retransmissions: TermRebuilder takes a datagram only where no frame
 * length stands yet.
 */
final class InboundImage {
    private final HeldFrames held;
    private final UnsafeBuffer terms = new UnsafeBuffer(0, 0);
    private final SharedMemory sharedMemory;
    private final LinkCounters counters;

    private MappedByteBuffer mapping;
    private Image image;
    private CountersReader counterReader;
    private int hwmCounterId;
    private int termLength;
    private int termShift;
    private long position;
    private boolean damaged;
    private long stalledPosition;
    private long stalledSinceNs;

    InboundImage(
        final int slot, final int maxHeldFrames, final SharedMemory sharedMemory, final LinkCounters counters) {
        this.held = new HeldFrames(slot, maxHeldFrames);
        this.sharedMemory = sharedMemory;
        this.counters = counters;
    }

    void attach(final Image image, final CountersReader counterReader, final long nowNs) throws IOException {
        termLength = image.termBufferLength();
        termShift = image.positionBitsToShift();
        final long length = 3L * termLength;
        mapping = image.fileChannel().map(FileChannel.MapMode.READ_WRITE, 0, length);
        terms.wrap(mapping);
        this.image = image;
        this.counterReader = counterReader;
        hwmCounterId = counterReader.findByTypeIdAndRegistrationId(
            ReceiverHwm.RECEIVER_HWM_TYPE_ID, image.correlationId());
        position = image.position();
        damaged = false;
        stalledPosition = position;
        stalledSinceNs = nowNs;
        sharedMemory.onMapped(terms.addressOffset(), length);
    }

    /** Nothing of the image is offered any more; held frames stay readable. @return the image that it was. */
    Image lose() {
        final Image lost = image;
        image = null;
        counterReader = null;
        return lost;
    }

    /** Ends the mapping of a lost image once nothing in it is held. @return whether the place is free. */
    boolean reclaim() {
        if (mapping == null) {
            return true;
        }
        if (image != null || held.count() > 0) {
            return false;
        }
        sharedMemory.onUnmapping(terms.addressOffset(), terms.capacity());
        terms.wrap(0, 0);
        BufferUtil.free(mapping);
        mapping = null;
        return true;
    }

    boolean isLive() {
        return image != null;
    }

    boolean isLive(final Image other) {
        return image != null && image.correlationId() == other.correlationId();
    }

    /** The peer's life that it belongs to. */
    int incarnation() {
        return image.sessionId();
    }

    /** Age among the images of a driver: grows. */
    long correlationId() {
        return image.correlationId();
    }

    boolean isEnded() {
        return image.isClosed() || image.isEndOfStream();
    }

    boolean isDamaged() {
        return damaged;
    }

    int heldCount() {
        return held.count();
    }

    void release(final long token) {
        held.release(token);
    }

    int poll(final FrameHandler handler, final int limit) {
        int taken = 0;
        while (taken < limit && !damaged) {
            final int index = index(position);
            final int frameLength = terms.getIntVolatile(index);
            if (frameLength <= 0 || !isPlausible(index, frameLength)) {
                break;
            }
            final long next = position + BitUtil.align(frameLength, FrameDescriptor.FRAME_ALIGNMENT);
            if (held.isFull() || next - held.oldest(position) > termLength) {
                counters.increment(LinkCounter.HOLD_LIMITED);
                break;
            }
            if (!FrameDescriptor.isPaddingFrame(terms, index)) {
                if (!offer(handler, index, frameLength)) {
                    break;
                }
                taken++;
            }
            position = next;
        }
        advance();
        return taken;
    }

    private int index(final long position) {
        final int offset = (int) position & (termLength - 1);
        return (int) ((position >>> termShift) % 3) * termLength + offset;
    }

    /** What the seal let through is believed, but not beyond the term. */
    private boolean isPlausible(final int index, final int frameLength) {
        final int room = termLength - (index & (termLength - 1));
        damaged = frameLength < DataHeaderFlyweight.HEADER_LENGTH || frameLength > room;
        return !damaged;
    }

    private boolean offer(final FrameHandler handler, final int index, final int frameLength) {
        final int headerLength = DataHeaderFlyweight.HEADER_LENGTH;
        final int action = handler.onFrame(terms, index + headerLength, frameLength - headerLength, held.nextToken());
        if (action == FrameHandler.HELD) {
            held.hold(position);
        } else if (action != FrameHandler.CONSUMED) {
            counters.increment(LinkCounter.FRAMES_REFUSED);
            return false;
        }
        return true;
    }

    /** Aeron lets a position move to the end of its own term at most: a longer way is gone in steps. */
    private void advance() {
        final Image image = this.image;
        long from = image.position();
        while (from < position && !image.isClosed()) {
            final long termEnd = (from | (termLength - 1)) + 1;
            from = Math.min(termEnd, position);
            image.position(from);
        }
    }

    /** @return whether a gap before data that has arrived has stood for longer than the time-out. */
    boolean isStalled(final long nowNs, final long timeoutNs) {
        if (position != stalledPosition || !isGapAhead()) {
            stalledPosition = position;
            stalledSinceNs = nowNs;
        }
        return nowNs - stalledSinceNs > timeoutNs;
    }

    /** @return whether data has arrived beyond a gap that starts at the position. */
    boolean isGapAhead() {
        return hwmCounterId != CountersReader.NULL_COUNTER_ID && !image.isClosed()
            && counterReader.getCounterValue(hwmCounterId) > position
            && terms.getIntVolatile(index(position)) <= 0;
    }
}
