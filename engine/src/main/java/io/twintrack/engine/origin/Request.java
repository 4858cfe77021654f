package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.disk.DiskOperation;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.volume.RequestListener;

/**
 * One request on its way: what was asked, and which parts of it are outstanding. It has a local part, on this node's
 * disk, and a remote part, the frames to the target. Reused; see {@link RequestPool}.
 */
final class Request extends DiskOperation {
    /** Who asked for what; decides which parts there are and what follows when they are done. */
    enum Kind {
        READ, WRITE, ZERO, FLUSH,
        /** A read without an own disk: from the target. */
        REMOTE_READ,
        /** A read whose own disk failed: from the target, then written anew here. */
        REPAIR_READ,
        /** Resync: read here, write there. */
        COPY,
        /** Resync: read here, compare by hash, write there what differs. */
        COMPARE_AND_COPY,
        /** Resync in the other direction: read there, write here. */
        PULL,
        /** Verify: read here, compare by hash. */
        COMPARE,
        /** Flushes both sides, whatever clients may do now. */
        FLUSH_BOTH,
        /** Flushes this node's disk alone. */
        FLUSH_HERE,
        /** A question to the target, without a part here. */
        ASK;

        boolean isClients() {
            return ordinal() <= REPAIR_READ.ordinal();
        }

        /** What the pair itself asks, so that clients who hold all other requests cannot keep it from going on. */
        boolean isPairs() {
            return this == ASK || this == FLUSH_BOTH || this == FLUSH_HERE;
        }

        /** Changes bytes of the volume for a client. */
        boolean isMutation() {
            return this == WRITE || this == ZERO;
        }

        /** Its bytes on a disk may change, so its region must be marked first. */
        boolean needsIntent() {
            return this == WRITE || this == ZERO || this == REPAIR_READ;
        }

        /** The target's disk cannot fail it without consequences for the pair. */
        boolean needsTarget() {
            return isSettled() || this == FLUSH_BOTH;
        }

        /** Ends well or badly by what both sides said, and by what the pair makes of it. */
        boolean isSettled() {
            return this == WRITE || this == ZERO || this == FLUSH;
        }
    }

    /** How one of its two parts stands. */
    enum Part {
        NOT_ASKED, PENDING, DONE, FAILED
    }

    PrimaryVolume volume;
    Kind kind;
    /** What the target is asked now. */
    Operation operation;
    RequestListener listener;
    long tag;
    /** Counts up over the life of the process: tells two uses of this object apart, on the wire too. */
    long id;
    Part local;
    Part remote;
    /** The first error of either part. */
    Status status;
    /** Filed with the range lock, running or waiting. */
    boolean holdsRange;
    /** Counted by the intent log. */
    boolean holdsIntent;
    /** A change that was begun. */
    boolean counted;
    /** The target says when it has the bytes in its memory. */
    boolean sayHeld;
    /** The client has its answer, and the target is not done. */
    boolean answered;
    /** Counts the early answers of the volume from 1; of a flush that waits for some, how many there were; else 0. */
    long answers;
    /** A flush: writes answered early that it waits for. */
    int unfinished;
    /** The target's bytes are not those of this node. */
    boolean different;
    /** Bytes of a long zeroing that follow this piece. */
    long rest;
    int fragments;
    int fragmentsSent;
    int fragmentsAnswered;
    /** Answered, or in the target's memory for certain. */
    int fragmentsHeld;
    /** Why the target did not carry out one of the frames, or OK. */
    Status remoteStatus;
    /** Names the flush to the intent log. */
    long flushEpoch;
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
        final PrimaryVolume volume, final Kind kind, final long address, final long offset, final long length,
        final RequestListener listener, final long tag) {
        this.volume = volume;
        this.kind = kind;
        this.address = address;
        this.offset = offset;
        this.length = length;
        this.listener = listener;
        this.tag = tag;
        operation = null;
        durable = false;
        deallocate = false;
        holdsRange = false;
        holdsIntent = false;
        counted = false;
        different = false;
        sayHeld = false;
        answered = false;
        answers = 0;
        rest = 0;
        replyAddress = 0;
        replyLength = 0;
        payloadLength = 0;
        status = Status.OK;
        local = Part.NOT_ASKED;
        noRemotePart(Part.NOT_ASKED);
    }

    void remotePart(final int fragmentCount) {
        remote = Part.PENDING;
        remoteStatus = Status.OK;
        fragments = fragmentCount;
        nothingSent();
    }

    void noRemotePart(final Part end) {
        remote = end;
        fragments = 0;
        nothingSent();
    }

    private void nothingSent() {
        fragmentsSent = 0;
        fragmentsAnswered = 0;
        fragmentsHeld = 0;
    }

    /** It fails when its session is lost, instead of waiting for the next one. */
    boolean endsWithSession() {
        return !kind.isClients();
    }

    boolean remotePending() {
        return remote == Part.PENDING;
    }

    boolean isPending() {
        return local == Part.PENDING || remote == Part.PENDING;
    }

    /** The first error stays. */
    void failed(final Status error) {
        if (status == Status.OK) {
            status = error;
        }
    }
}
