package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.frame.FrameReader;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.PairReport;
import io.twintrack.engine.frame.Protocol;
import io.twintrack.engine.metadata.StatusListener;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.PairOffer;
import io.twintrack.engine.pair.PairOffers;
import io.twintrack.engine.pair.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which pairs are attached in the session, by the short ids that the origin gave them. HBA's thread only. */
final class Attachments {
    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);
    private static final int NO_REPORT = 0;

    /** An attached pair, and what was answered: a frame that is sent again gets the same report. */
    private static final class Attached {
        private final UnsafeBuffer report =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(PairReport.MAX_LENGTH, Long.BYTES));
        private RedundantVolume volume;
        private long messageId;
        private int reportLength;
    }

    private final ReplySender replies;
    private final DuplicateWindow window;
    private final Counters counters;
    private final String peerIqn;
    private final PairOffers offers;
    /** Names of pairs whose offer nobody has decided yet. */
    private final Set<String> offered = new HashSet<>();
    private final List<RedundantVolume> volumes = new ArrayList<>();
    private final Attached[] byShortId = new Attached[Protocol.MAX_VOLUMES];
    private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
    private String lastRefusal = "";

    Attachments(
        final ReplySender replies, final DuplicateWindow window, final String peerIqn, final PairOffers offers,
        final Counters counters) {
        this.replies = replies;
        this.window = window;
        this.peerIqn = peerIqn;
        this.offers = offers;
        this.counters = counters;
    }

    void add(final RedundantVolume volume) {
        volumes.add(volume);
    }

    /** Frames of it are answered with NOT_ATTACHED from now on. */
    void remove(final RedundantVolume volume) {
        volumes.remove(volume);
        for (final Attached attached : byShortId) {
            if (attached != null && attached.volume == volume) {
                attached.volume = null;
                attached.reportLength = NO_REPORT;
            }
        }
    }

    /** The origin deletes the pair: so does this node, if it may. */
    void withdraw(final RedundantVolume volume, final StatusListener done) {
        offers.onWithdrawn(volume.name(), peerIqn,
            result -> done.onStatus(result.done() ? Status.OK : Status.NOT_SUPPORTED));
    }

    List<RedundantVolume> volumes() {
        return volumes;
    }

    /** @return the volume that is attached under this short id, or null. */
    RedundantVolume volume(final int shortId) {
        return shortId < byShortId.length && byShortId[shortId] != null ? byShortId[shortId].volume : null;
    }

    /** @return why the pair is not attached, or OK; then it is, and the report waits to be sent. */
    Status attach(final FrameReader frame, final long messageId) {
        final PairReport theirs = new PairReport();
        payload.wrap(frame.payloadAddress(), frame.payloadLength());
        final int shortId = frame.fields().redundantVolume();
        if (shortId >= byShortId.length || !theirs.read(payload, 0, payload.capacity())) {
            return Status.INVALID;
        }
        final RedundantVolume volume = named(theirs.pairName);
        if (volume == null) {
            offer(theirs);
            return Status.UNKNOWN_VOLUME;
        }
        final PairReport ours = new PairReport();
        ours.pairName = theirs.pairName;
        final Status refusal = volume.pair().onAttach(theirs, ours);
        if (refusal == Status.OK) {
            bind(shortId, volume, ours, messageId);
        }
        return refusal;
    }

    /** The peer asks again, and finds the pair once the offer was accepted. */
    private void offer(final PairReport theirs) {
        final Mode mode = Mode.of(theirs.mode);
        if (!theirs.remoteVolume.isEmpty() && theirs.role == Role.PRIMARY.code() && mode != null
            && theirs.size > 0 && offered.size() < byShortId.length && offered.add(theirs.pairName)) {
            offers.onOffer(
                new PairOffer(theirs.pairName, peerIqn, theirs.remoteVolume, theirs.size, mode, theirs.trackSize),
                result -> onOfferDecided(theirs.pairName, result));
        }
    }

    private void onOfferDecided(final String pairName, final CommandResult result) {
        offered.remove(pairName);
        final String said = result.what();
        if (result.done()) {
            lastRefusal = "";
            LOG.info("pair {}: {} has established it: {}", pairName, peerIqn, said);
        } else if (!said.equals(lastRefusal)) {
            lastRefusal = said;
            LOG.warn("pair {}: {} offers it, and it is refused: {}", pairName, peerIqn, said);
        }
    }

    private RedundantVolume named(final String pairName) {
        for (final RedundantVolume volume : volumes) {
            if (volume.name().equals(pairName)) {
                return volume;
            }
        }
        return null;
    }

    private void bind(final int shortId, final RedundantVolume volume, final PairReport ours, final long messageId) {
        if (byShortId[shortId] == null) {
            byShortId[shortId] = new Attached();
        }
        final Attached attached = byShortId[shortId];
        attached.volume = volume;
        attached.messageId = messageId;
        attached.reportLength = ours.write(attached.report, 0);
        window.done(messageId, Outcome.ATTACHED, Status.OK);
    }

    /** Sends the report that answers this frame, if there is room; it is asked for again otherwise. */
    void report(final int shortId, final long messageId) {
        final Attached attached = shortId < byShortId.length ? byShortId[shortId] : null;
        if (attached == null || attached.messageId != messageId || attached.reportLength == NO_REPORT
            || !replies.answer(messageId, Outcome.ATTACHED, attached.report.addressOffset(), attached.reportLength)) {
            counters.increment(Counter.REPLIES_DROPPED);
        }
    }

    /** The session is over. */
    void end() {
        for (final Attached attached : byShortId) {
            if (attached != null && attached.volume != null) {
                final RedundantVolume volume = attached.volume;
                attached.volume = null;
                attached.reportLength = NO_REPORT;
                volume.pair().onSessionEnded();
            }
        }
    }
}
