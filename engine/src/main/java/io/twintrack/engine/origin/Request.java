package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.disk.DiskOperation;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.volume.RequestListener;

/**
 * One request on its way: what was asked, and which parts of it are outstanding. It has a local part, on this node's
 * disk, and a remote part, the frames to the target; it completes when neither is outstanding. Reused; see
 * {@link RequestPool}.
 */
final class Request extends DiskOperation {
    PrimaryVolume volume;
    /** What the target is asked; null for a read, which is local. */
    Operation operation;
    /** Compares with the target, and copies on a difference, instead of writing what a client sent. */
    boolean comparison;
    /** A question to the target, without a part here. */
    boolean asked;
    RequestListener listener;
    long tag;

    /** Counts up over the life of the process: tells two uses of this object apart, on the wire too. */
    long id;
    boolean localPending;
    /** Filed with the range lock, running or waiting. */
    boolean holdsRange;
    int fragments;
    int fragmentsSent;
    int fragmentsAnswered;
    Status status;
    /** Where the payload of the target's replies goes; 0 for none. */
    long replyAddress;
    int replyLength;
    /** Bytes that go out with a question. */
    int payloadLength;
    long hashLow;
    long hashHigh;

    Request(final int index) {
        super(index);
    }

    void set(
        final PrimaryVolume volume, final Operation operation, final long address, final long offset,
        final long length, final RequestListener listener, final long tag) {
        this.volume = volume;
        this.operation = operation;
        this.address = address;
        this.offset = offset;
        this.length = length;
        this.listener = listener;
        this.tag = tag;
        durable = false;
        deallocate = false;
        comparison = false;
        asked = false;
        replyAddress = 0;
        replyLength = 0;
        payloadLength = 0;
        localPending = false;
        holdsRange = false;
        status = Status.OK;
        noRemotePart();
    }

    void remotePart(final int fragmentCount) {
        fragments = fragmentCount;
        fragmentsSent = 0;
        fragmentsAnswered = 0;
    }

    void noRemotePart() {
        remotePart(0);
    }

    /** It fails when its session is lost, instead of waiting for the next one. */
    boolean endsWithSession() {
        return comparison || asked;
    }

    boolean remotePending() {
        return fragmentsAnswered < fragments;
    }

    boolean isComplete() {
        return !localPending && !remotePending();
    }

    /** The first error stays. */
    void failed(final Status error) {
        if (status == Status.OK) {
            status = error;
        }
    }
}
