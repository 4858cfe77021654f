package io.twintrack.engine.pair;

import io.twintrack.engine.Status;
import io.twintrack.engine.metadata.ChangedTracks;
import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.metadata.Superblock;
import io.twintrack.engine.origin.Conduct;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a pair stands in this node's memory, and what that allows its requests. Durable facts live in the
 * {@link SideStore}; what is here is lost with the process, and each field starts as if nothing were known. Written by
 * the classes of this package alone, on the HBA's thread.
 */
final class PairCondition implements Conduct {
    /** What a failing part of a request sets going. */
    interface Consequences {
        void onDiskFailed(Status status, long offset, boolean flush);

        void onTargetFailed(Status status, long offset);
    }

    private static final Logger LOG = LoggerFactory.getLogger(PairCondition.class);

    private final String name;
    private final SideStore store;
    private Consequences consequences;
    private PairState state = PairState.CONNECTING;
    private String reason = "the node has started";
    private long sinceNs;
    private long readErrors;
    private String unforeseen;

    /** A handshake or a person decided that this side's data may be served. */
    boolean decided;
    /** A transition writes a durable record. */
    boolean holding;
    /** This node's disk takes part. */
    boolean disk = true;
    /** This node's disk failed a flush, and no other one has taken over: nothing may change any more. */
    boolean lostDisk;
    /** The target takes part. */
    boolean target = true;
    /** The peer told its side of the pair in the session that is open, and both agree on what follows. */
    boolean attached;
    /** As the redundant side: the primary has given up its role in good order. */
    boolean released;
    /** As the redundant side: all changes of the primary arrive here. */
    boolean following;
    /** It was serving, or had active regions left, when a process before ended, and was not in step since. */
    boolean crashed;
    /** The disk is not the one that the metadata belong to. */
    boolean foreignDisk;
    /** Clients that are attached to this side. */
    int clients;

    PairCondition(final String name, final SideStore store) {
        this.name = name;
        this.store = store;
    }

    /** What the metadata say when the node starts. */
    void begin() {
        final Superblock side = durable();
        // Also of a side that gave up its role since: the marks may be of a life in which it was the primary.
        crashed = isPrimary() && side.serving || store.intent().marked() > 0;
        target = side.severedBy == SeveredBy.NONE;
        // A person let it go on alone, so nobody has to be asked again.
        decided = isPrimary() && side.severedBy == SeveredBy.COMMAND && side.sideState == SideState.UP_TO_DATE;
        state = target ? PairState.CONNECTING : PairState.SEVERED;
        if (side.hasBase() && side.serving) {
            store.intent().markAllInto(store.tracks());
        }
    }

    /** The first duty cycle: the state that the metadata tell of begins with it, as far as this process knows. */
    void started(final long nowNs) {
        sinceNs = nowNs;
    }

    void consequences(final Consequences what) {
        consequences = what;
    }

    PairState state() {
        return state;
    }

    String reason() {
        return reason;
    }

    long sinceNs() {
        return sinceNs;
    }

    /** @return the last transition that the table in {@link PairState} does not have, or null. */
    String unforeseen() {
        return unforeseen;
    }

    /** The one place where a pair's state changes. */
    void state(final PairState next, final long nowNs, final String why) {
        if (!next.mayFollow(state)) {
            // A fault of Twintrack's own; the records decide what may be served, so it is no reason to stop serving.
            unforeseen = state + " -> " + next + ": " + why;
            LOG.error("pair {}: a transition that is not foreseen, {}", name, unforeseen);
        }
        if (next != state || !why.equals(reason)) {
            LOG.info("pair {}: {} -> {}: {}", name, state, next, why);
        }
        sinceNs = next == state ? sinceNs : nowNs;
        state = next;
        reason = why;
    }

    boolean isPrimary() {
        return durable().role == Role.PRIMARY;
    }

    /** The disk is not trusted any more, whether or not that is recorded yet. */
    boolean isDiskFailed() {
        return lostDisk || durable().sideState == SideState.FAILED;
    }

    /** For the record of a side that has everything: its disk may have failed since that was decided. */
    SideState upToDate() {
        return lostDisk ? SideState.FAILED : SideState.UP_TO_DATE;
    }

    Superblock durable() {
        return store.superblock();
    }

    /** What this side's data are worth now: of one that stopped following, nobody knows whether they are the newest. */
    SideState side() {
        final SideState kept = durable().sideState;
        final boolean unsure = kept == SideState.UP_TO_DATE && (isPrimary() ? !decided : !following && !released);
        return unsure ? SideState.CONSISTENT : kept;
    }

    /** Which of three rules forbids what both sides must be in step for: each names what brings them there. */
    Rule apartRule(final Rule severed, final Rule diverged, final Rule onTheWay) {
        // Severed with the target in use: this side could not go on alone, and it heals by itself.
        return state == PairState.DIVERGED ? diverged : state == PairState.SEVERED && !target ? severed : onTheWay;
    }

    @Override
    public Status serving() {
        if (foreignDisk) {
            return Status.FOREIGN_DISK;
        }
        if (!isPrimary()) {
            return isForBackup() ? Status.OK : Status.NOT_READY;
        }
        return decided ? Status.OK : Status.NOT_READY;
    }

    /** A severed copy can be read, for a backup. */
    private boolean isForBackup() {
        return !following && durable().severedBy == SeveredBy.COMMAND && isWhole();
    }

    private boolean isWhole() {
        return durable().sideState != SideState.INCONSISTENT && durable().sideState != SideState.FAILED;
    }

    @Override
    public Refused servingRefusal() {
        if (serving() == Status.OK) {
            return null;
        }
        return servingRule().refuses("this side is " + durable().role + " and " + side() + ", the pair " + state,
            "NAME", name);
    }

    private Rule servingRule() {
        if (foreignDisk) {
            return PairRule.FOREIGN_DISK;
        }
        if (isDiskFailed()) {
            return Refusal.OWN_DISK_FAILED;
        }
        if (!isPrimary()) {
            // A sever that heals by itself ends whenever the other side is back: a reader would be in its way.
            return isWhole() ? PairRule.SERVE_SEVERED : PairRule.PROMOTE_WHOLE;
        }
        return state == PairState.DIVERGED ? PairRule.DIVERGED
            : isWhole() ? PairRule.SERVE_DECIDED : Refusal.NO_SOURCE;
    }

    @Override
    public Status mutationRefusal() {
        if (!isPrimary()) {
            return Status.READ_ONLY;
        }
        return store.isFailed() || lostDisk ? Status.IO_ERROR : Status.OK;
    }

    @Override
    public boolean isHolding() {
        return holding;
    }

    @Override
    public Mode mode() {
        return durable().mode;
    }

    @Override
    public boolean usesDisk() {
        return disk;
    }

    @Override
    public boolean usesTarget() {
        return target && isPrimary();
    }

    @Override
    public boolean isAttached() {
        return attached;
    }

    @Override
    public boolean isCleanOnTarget(final long offset, final long length) {
        final ChangedTracks tracks = store.tracks();
        return attached && target && !tracks.isMarked(offset, length);
    }

    @Override
    public void onClients(final int change) {
        clients += change;
    }

    @Override
    public void onReadFailed(final Status status, final long offset) {
        if (Long.bitCount(++readErrors) == 1) {
            LOG.error("pair {}: this node's disk answered {} to a read at byte {} ({} so far)",
                name, status, offset, readErrors);
        }
    }

    @Override
    public void onDiskFailed(final Status status, final long offset, final boolean flush) {
        consequences.onDiskFailed(status, offset, flush);
    }

    @Override
    public void onTargetFailed(final Status status, final long offset) {
        consequences.onTargetFailed(status, offset);
    }
}
