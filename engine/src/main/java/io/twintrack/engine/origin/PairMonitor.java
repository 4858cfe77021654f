package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of one pair at its origin, and what moves it. Nothing is taken for equal that was not compared: each new
 * session, and each write that failed on one side, leads to a comparison of the whole volume.
 */
public final class PairMonitor implements OriginPair {
    private static final Logger LOG = LoggerFactory.getLogger(PairMonitor.class);
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private PairState state = PairState.CONNECTING;
    private final Attachment attachment;
    private OriginSession session;
    private PrimaryVolume volume;
    private Comparison comparison;
    private boolean mayDiffer = true;
    private boolean serving;
    private boolean holdsFlushes;
    private boolean stopping;
    private long compareNotBeforeNs;
    private long deviceErrors;

    PairMonitor(final String name) {
        this.name = name;
        attachment = new Attachment(this::onAttached);
    }

    void bind(final PrimaryVolume primary, final OriginSession originSession, final Comparison whole) {
        volume = primary;
        session = originSession;
        comparison = whole;
    }

    public String name() {
        return name;
    }

    public PairState state() {
        return state;
    }

    /** Clients may attach: both sides were equal at least once since this node started. */
    public boolean isServing() {
        return serving;
    }

    /** Why nothing may be written now, or OK. */
    Status mutationRefusal() {
        return switch (state) {
            case SEVERED -> Status.PEER_LOST;
            case FAILED -> Status.IO_ERROR;
            default -> Status.OK;
        };
    }

    /**
     * Writes that were acknowledged before may be missing on the target until the comparison is through, so no flush
     * can be answered until then.
     */
    boolean holdsFlushes() {
        return holdsFlushes && state == PairState.COMPARING;
    }

    @Override
    public void onSessionOpened(final long nowNs, final boolean hostRestarted) {
        holdsFlushes |= hostRestarted;
        attachment.due(nowNs);
        attachment.poll(nowNs, volume);
    }

    @Override
    public void onSessionLost(final String reason) {
        attachment.lost();
    }

    private void onAttached(final long nowNs, final Status status) {
        if (status != Status.OK) {
            LOG.error("pair {}: the target refuses it: {}", name, status);
            onRetriesExhausted("the target refuses the pair: " + status);
            session.abandon(volume);
            return;
        }
        if (state != PairState.FAILED) {
            state(PairState.COMPARING, "the target answers; comparing both sides");
            mayDiffer = true;
            compareNotBeforeNs = nowNs;
        }
        session.sendWaiting(volume);
    }

    /** Frames of this volume may be sent in the session that is open now. */
    boolean isAttached() {
        return attachment.isAttached();
    }

    @Override
    public void onRetriesExhausted(final String reason) {
        if (state == PairState.COMPARING || state == PairState.UP_TO_DATE) {
            state(PairState.SEVERED, reason + "; writes fail until the target is back");
        }
    }

    /** An operation failed on one side and perhaps not on the other. */
    void onMayDiffer(final Status status) {
        mayDiffer = true;
    }

    void onCopied(final long bytes) {
        comparison.onCopied(bytes);
    }

    void onDeviceError(final Status status, final long offset) {
        if (Long.bitCount(++deviceErrors) == 1) {
            LOG.error("pair {}: disk error {} at byte {} ({} so far)", name, status, offset, deviceErrors);
        }
    }

    /** What this disk reads from now on may be older than what the target has: none of it is copied there. */
    void onFlushFailed(final Status status) {
        comparison.stop(status);
        state(PairState.FAILED, "this node's disk failed a flush with " + status + "; no more writes are taken");
    }

    /** Begins no more comparisons and ends a running one. */
    void stop() {
        comparison.stop(Status.STOPPING);
        stopping = true;
    }

    /** @return an amount of work. */
    int poll(final long nowNs) {
        attachment.poll(nowNs, volume);
        if (state == PairState.UP_TO_DATE && mayDiffer) {
            state(PairState.COMPARING, "an operation failed on one side");
            compareNotBeforeNs = nowNs + RETRY_NS;
        }
        if (state != PairState.COMPARING || stopping) {
            return comparison.poll();
        }
        if (mayDiffer && comparison.isIdle() && nowNs - compareNotBeforeNs >= 0) {
            mayDiffer = false;
            comparison.begin();
        }
        final int work = comparison.poll();
        if (work > 0 && comparison.isIdle()) {
            onCompared(nowNs);
        }
        return work;
    }

    private void onCompared(final long nowNs) {
        if (comparison.isEqual() && !mayDiffer) {
            serving = true;
            holdsFlushes = false;
            state(PairState.UP_TO_DATE, "both sides are equal; " + comparison.copiedBytes() + " bytes were copied");
        } else {
            mayDiffer = true;
            compareNotBeforeNs = nowNs + RETRY_NS;
            LOG.warn("pair {}: the comparison did not finish ({}); it begins again", name, comparison.status());
        }
    }

    private void state(final PairState next, final String reason) {
        LOG.info("pair {}: {} -> {}: {}", name, state, next, reason);
        state = next;
    }
}
