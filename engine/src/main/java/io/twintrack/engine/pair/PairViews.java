package io.twintrack.engine.pair;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.PairReport;
import io.twintrack.engine.metadata.Superblock;
import io.twintrack.engine.origin.RequestCounts;
import java.util.List;
import java.util.stream.Stream;

/** One side of a pair as others see it: the peer at a handshake, and a person. */
final class PairViews {
    private final Pair pair;

    PairViews(final Pair pair) {
        this.pair = pair;
    }

    /** What this side says about itself. */
    SideView own() {
        final Superblock side = pair.condition.durable();
        final SideView view = new SideView();
        view.pairId = new Generation(side.pairIdHigh, side.pairIdLow);
        view.size = side.volumeSize;
        view.sectorSize = pair.volume().sectorSize();
        view.trackSize = side.trackSize;
        view.mode = side.mode;
        view.role = side.role;
        // What a failed flush took from this disk is gone before its record is written.
        view.sideState = pair.condition.lostDisk ? SideState.FAILED : side.sideState;
        view.peerSideState = side.peerSideState;
        view.crashed = pair.condition.crashed;
        view.severedByCommand = side.severedBy == SeveredBy.COMMAND;
        view.exported = side.role == Role.REDUNDANT && pair.condition.clients > 0;
        view.clients = pair.condition.clients > 0;
        view.fullCompare = side.fullCompare;
        view.current = Generations.current(side);
        view.base = Generations.base(side);
        for (int i = 0; i < SideView.HISTORY; i++) {
            view.history[i] = new Generation(side.historyHigh[i], side.historyLow[i]);
        }
        view.syncGeneration = Generations.sync(side);
        // Never in step with anybody, or its disk is a new one.
        view.fresh = side.ownLife == 0;
        view.life = pair.life;
        view.lastOwnLife = side.ownLife;
        view.lastPeerLife = side.peerLife;
        view.markedTracks = pair.store.tracks().count();
        view.activeRegions = pair.store.intent().marked();
        view.resizeId = side.resizeId;
        view.resizeSize = side.resizeSize;
        return view;
    }

    void report(final PairReport out) {
        final SideView view = own();
        out.pairName = pair.name();
        out.pairIdHigh = view.pairId.high();
        out.pairIdLow = view.pairId.low();
        out.size = view.size;
        out.sectorSize = view.sectorSize;
        out.trackSize = view.trackSize;
        out.mode = view.mode.code();
        out.role = view.role.code();
        out.sideState = view.sideState.code();
        out.peerSideState = pair.condition.durable().peerSideState.code();
        out.flags = 0;
        out.set(PairReport.SERVING_MARK, view.crashed);
        out.set(PairReport.SEVERED_BY_COMMAND, view.severedByCommand);
        out.set(PairReport.EXPORTED, view.exported);
        out.set(PairReport.CLIENTS, view.clients);
        out.set(PairReport.FULL_COMPARE, view.fullCompare);
        out.set(PairReport.NEW, view.fresh);
        reportGenerations(view, out);
        out.life = view.life;
        out.lastOwnLife = view.lastOwnLife;
        out.lastPeerLife = view.lastPeerLife;
        out.markedTracks = view.markedTracks;
        out.activeRegions = view.activeRegions;
        out.resizeId = view.resizeId;
        out.resizeSize = view.resizeSize;
    }

    private static void reportGenerations(final SideView view, final PairReport out) {
        out.currentHigh = view.current.high();
        out.currentLow = view.current.low();
        out.baseHigh = view.base.high();
        out.baseLow = view.base.low();
        for (int i = 0; i < SideView.HISTORY; i++) {
            out.historyHigh[i] = view.history[i].high();
            out.historyLow[i] = view.history[i].low();
        }
        out.syncGenerationHigh = view.syncGeneration.high();
        out.syncGenerationLow = view.syncGeneration.low();
    }

    /** @return what the peer says, or {@code null} when a field has no meaning. */
    static SideView of(final PairReport in) {
        if (Mode.of(in.mode) == null || Role.of(in.role) == null || SideState.of(in.sideState) == null
            || SideState.of(in.peerSideState) == null || in.size <= 0) {
            return null;
        }
        final SideView view = new SideView();
        view.pairId = new Generation(in.pairIdHigh, in.pairIdLow);
        view.size = in.size;
        view.sectorSize = in.sectorSize;
        view.trackSize = in.trackSize;
        view.mode = Mode.of(in.mode);
        view.role = Role.of(in.role);
        view.sideState = SideState.of(in.sideState);
        view.peerSideState = SideState.of(in.peerSideState);
        view.crashed = in.is(PairReport.SERVING_MARK);
        view.severedByCommand = in.is(PairReport.SEVERED_BY_COMMAND);
        view.exported = in.is(PairReport.EXPORTED);
        view.clients = in.is(PairReport.CLIENTS);
        view.fullCompare = in.is(PairReport.FULL_COMPARE);
        view.fresh = in.is(PairReport.NEW);
        view.current = new Generation(in.currentHigh, in.currentLow);
        view.base = new Generation(in.baseHigh, in.baseLow);
        for (int i = 0; i < SideView.HISTORY; i++) {
            view.history[i] = new Generation(in.historyHigh[i], in.historyLow[i]);
        }
        view.syncGeneration = new Generation(in.syncGenerationHigh, in.syncGenerationLow);
        view.life = in.life;
        view.lastOwnLife = in.lastOwnLife;
        view.lastPeerLife = in.lastPeerLife;
        view.markedTracks = in.markedTracks;
        view.activeRegions = in.activeRegions;
        view.resizeId = in.resizeId;
        view.resizeSize = in.resizeSize;
        return view;
    }

    PairStatus status() {
        final PairCondition now = pair.condition;
        final Superblock side = now.durable();
        final RequestCounts counts = pair.volume().counts();
        return new PairStatus(pair.name(), side.volumeName, side.role, now.state(), now.side(), side.peerSideState,
            side.peerIqn, pair.attachment.isSessionOpen(), side.mode, side.volumeSize, side.trackSize, side.severedBy,
                now.reason(),
            now.sinceNs(), pair.store.tracks().count(),
            (side.volumeSize + side.trackSize - 1) / side.trackSize, pair.store.intent().active(),
            pair.store.intent().capacity(), pair.syncing.status(), pair.verify.status(), now.clients,
            digits(Generations.current(side)), digits(Generations.base(side)),
            counts.reads, counts.writes, counts.flushes, counts.errors, pair.volume().framesResent(),
            counts.copiedBytes, pair.store.blockWrites(), alerts());
    }

    private static String digits(final Generation generation) {
        return generation.isNone() ? null : generation.toString();
    }

    private List<PairEvent.Kind> alerts() {
        return Stream.of(PairEvent.Kind.values()).filter(this::stands).toList();
    }

    /** Whether what this kind of event tells of lasts. */
    private boolean stands(final PairEvent.Kind kind) {
        final PairCondition now = pair.condition;
        return switch (kind) {
            case SEVERED -> now.state() == PairState.SEVERED;
            case DIVERGED -> now.state() == PairState.DIVERGED;
            case DISK_FAILED -> !now.disk || now.durable().sideState == SideState.FAILED
                || pair.divergence.isShortOfBytes();
            case FLUSH_FAILED -> now.lostDisk;
            case METADATA_FAILED -> pair.store.isFailed();
            case FENCE_FAILED -> pair.divergence.isFenceFailed();
            case VERIFY_DIFFERENCE -> pair.verify.differences() > 0;
            case HANDSHAKE_REFUSED -> pair.sessionRefusal() != Status.OK;
            // What a disk tells of itself is the node's to add.
            case DISK_HEALTH -> false;
            case RE_ESTABLISHED, RESYNC_FINISHED, VERIFY_CLEAN, DISK_RECOVERED -> false;
        };
    }
}
