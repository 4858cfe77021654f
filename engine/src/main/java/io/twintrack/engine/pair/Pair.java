package io.twintrack.engine.pair;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.PairReport;
import io.twintrack.engine.frame.SideOrder;
import io.twintrack.engine.metadata.ChangedTracks;
import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.metadata.StatusListener;
import io.twintrack.engine.origin.Conduct;
import io.twintrack.engine.origin.OriginPair;
import io.twintrack.engine.origin.PrimaryVolume;
import io.twintrack.engine.origin.Question;
import io.twintrack.engine.pair.PairEvent.Kind;
import io.twintrack.engine.replica.PairTarget;
import io.twintrack.engine.replica.RedundantVolume;
import io.twintrack.engine.resync.Resync;
import io.twintrack.engine.resync.Verify;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One side of a pair on this node, in whichever role: what belongs together of it, and the order in which its parts get
 * their turn. HBA's thread only.
 *
 * <pre>
 *   PairCondition   where it stands now, and what that allows its requests
 *   SideStore       what it knows durably
 *   Attachment      the primary's handshake in each session     DecisionTable   what follows from it
 *   Syncing         bringing both sides together                RedundantRole   answering a primary
 *   Divergence      going on alone                              Switchover      promote and demote
 *   Severance       sever and re-establish by command           Retirement      clearing intent marks
 *   Choice          of two that went apart, which one is kept
 * </pre>
 */
public final class Pair implements OriginPair {
    static final int MESSAGE_LENGTH = 1024;
    static final int ATTACH_OUT = 0;
    static final int ATTACH_IN = ATTACH_OUT + MESSAGE_LENGTH;
    static final int ORDER_OUT = ATTACH_IN + MESSAGE_LENGTH;
    static final int TRACKS_IN = ORDER_OUT + MESSAGE_LENGTH;
    static final int TRACKS_LENGTH = 1024;
    /** Bytes of memory for questions to the peer and their answers. */
    public static final int BUFFER_LENGTH = TRACKS_IN + TRACKS_LENGTH;

    final PairCondition condition;
    final SideStore store;
    final Fence fence;
    final LongSupplier random;
    final long life;
    final long patienceNs;
    final UnsafeBuffer buffer;
    final long bufferAddress;
    final Attachment attachment = new Attachment(this);
    final Syncing syncing = new Syncing(this);
    final Divergence divergence = new Divergence(this);
    final Switchover switchover = new Switchover(this);
    final Severance severance = new Severance(this);
    final Choice choice = new Choice(this);
    final Retirement retirement = new Retirement(this);
    final RedundantRole role = new RedundantRole(this);
    final Resizing resizing = new Resizing(this);
    final Closing closing = new Closing(this);
    private final VerifyReport verifyReport = new VerifyReport(this);
    private final Removal removal = new Removal(this);
    final PairViews views = new PairViews(this);
    final PairControl commands = new PairControl(this);

    private final String name;
    private final PairEvents events;
    private final Question question = new Question();
    private PrimaryVolume volume;
    private RedundantVolume redundant;
    Resync resync;
    Verify verify;
    Generation aloneGeneration = Generation.NONE;
    long nowNs;
    private boolean stopping;
    private Supplier<Status> sessionRefusal = () -> Status.OK;
    String diskIdentity = "";
    private String remoteVolume = "";

    /**
     * @param store  loaded.
     * @param buffer {@link #BUFFER_LENGTH} bytes off the heap.
     * @param life   of the volatile caches below this side's disk: another number after a loss of power.
     * @param patienceNs how long a client's change waits for a peer that does not take the pair.
     * @param random 64 bits that nobody can guess.
     */
    public Pair(
        final String name, final SideStore store, final UnsafeBuffer buffer, final long life,
        final long patienceNs, final LongSupplier random, final Fence fence, final PairEvents events) {
        this.name = name;
        this.store = store;
        this.buffer = buffer;
        this.bufferAddress = buffer.addressOffset();
        this.life = life;
        this.patienceNs = patienceNs;
        this.random = random;
        this.fence = fence;
        this.events = events;
        condition = new PairCondition(name, store);
        condition.consequences(divergence);
        condition.begin();
    }

    /** The two roles of its volume, and what copies and compares. Once, before the first duty cycle. */
    public void bind(
        final PrimaryVolume primaryVolume, final RedundantVolume redundantVolume, final Resync copier,
        final Verify verifier, final String identity, final boolean foreignDisk) {
        diskIdentity = identity;
        condition.foreignDisk = foreignDisk;
        volume = primaryVolume;
        redundant = redundantVolume;
        store.listener(primaryVolume::onIntent);
        redundant.resize(size());
        resync = copier;
        verify = verifier;
    }

    public String name() {
        return name;
    }

    public long size() {
        return condition.durable().volumeSize;
    }

    /** In bytes: the room that the volume below must have, for a resize that is on its way as well. */
    public long neededSize() {
        return Math.max(size(), resizing.target());
    }

    /** Both sides are equal, and their data disks were flushed since: what is not marked now need not be on disk. */
    void forgetMarks(final StatusListener done) {
        store.tracks().flushed(store.tracks().flushBegan());
        store.intent().forgetRecovered();
        store.saveIntent(saved -> {
            if (saved == Status.OK) {
                store.saveTracks(0, size(), done);
            } else {
                done.onStatus(saved);
            }
        });
    }

    /**
     * The same on a redundant side, which has no writes of its own under way: what it had active as a primary is behind
     * it as well. Left there it would say, at a later meeting, that this side was cut off in the middle of writes.
     */
    void forgetAllMarks(final StatusListener done) {
        store.intent().flushed(store.intent().flushBegan());
        store.intent().retireAll();
        forgetMarks(done);
    }

    /** In bytes: what the volume below has room for. */
    long deviceSize() {
        return redundant.deviceSize();
    }

    void onResized() {
        redundant.resize(size());
        volume.resize(size());
    }

    public PrimaryVolume volume() {
        return volume;
    }

    /** What changed here and the peer does not have; to be read. */
    public ChangedTracks changedTracks() {
        return store.tracks();
    }

    public RedundantVolume redundant() {
        return redundant;
    }

    public Conduct conduct() {
        return condition;
    }

    public Role role() {
        return condition.durable().role;
    }

    public PairState state() {
        return condition.state();
    }

    /** @return a transition that should not have happened, or null. */
    public String unforeseen() {
        return condition.unforeseen();
    }

    public PairCommands commands() {
        return commands;
    }

    public PairTarget target() {
        return role;
    }

    /** @return an amount of work. */
    public int poll(final long now) {
        tick(now);
        return store.poll() + attachment.poll(now) + severance.poll() + switchover.poll() + resizing.poll()
            + syncing.poll(now) + verify.poll(now) + verifyReport.poll() + retirement.poll(now) + closing.poll(now)
            + removal.poll();
    }

    @Override
    public void onSessionOpened(final long now) {
        tick(now);
        attachment.onSessionOpened(now);
    }

    private void tick(final long now) {
        if (nowNs == 0) {
            condition.started(now);
        }
        nowNs = now;
    }

    @Override
    public void onSessionLost(final String reason) {
        attachment.onSessionLost();
        if (condition.attached) {
            detach();
            condition.state(condition.target ? PairState.CONNECTING : condition.state(), nowNs, reason);
        }
        if (!condition.target) {
            // Left behind with frames on their way: nothing will carry them again.
            volume.abandonTarget();
        }
    }

    @Override
    public void onRetriesExhausted(final String reason) {
        if (condition.isPrimary() && condition.decided && !closing.isBegun()) {
            divergence.leaveTarget(SeveredBy.RETRIES, SideState.OUTDATED, reason, null);
        }
    }

    /** Frames of the volume are not sent any more until the next handshake about it. */
    void detach() {
        condition.attached = false;
        attachment.onDetached(nowNs);
        syncing.onDetached();
        resizing.onDetached();
        verify.interrupt();
    }

    void becomeUpToDate(final String why) {
        final boolean wasSevered = condition.state() == PairState.SEVERED || condition.state() == PairState.DELTA_SYNC;
        final boolean wasAttached = condition.attached;
        condition.crashed = false;
        condition.decided = true;
        condition.target = true;
        condition.attached = true;
        condition.state(PairState.UP_TO_DATE, nowNs, why);
        if (!wasAttached) {
            volume.sendWaiting();
        }
        attachment.succeeded();
        if (resizing.isPending()) {
            resizing.goOn();
        }
        if (wasSevered) {
            event(Kind.RE_ESTABLISHED, why, "nothing", "nothing");
        }
        divergence.onInStep();
    }

    /** This side wants a handshake about the pair. */
    boolean mayAttach() {
        final SeveredBy by = condition.durable().severedBy;
        return condition.isPrimary() && !condition.holding && !stopping && !condition.foreignDisk
            && !switchover.isDemoting()
            && by != SeveredBy.COMMAND && by != SeveredBy.ERROR;
    }

    /** @return whether the flush of both disks, or of this node's, could begin. */
    boolean flush(final boolean both, final StatusListener listener) {
        return both
            ? volume.flushBoth((tag, status) -> listener.onStatus(status), 0)
            : volume.flushHere((tag, status) -> listener.onStatus(status), 0);
    }

    /** Tells the redundant side to record something; the listener hears when it is durable there, or is not. */
    void order(final Order order, final Generation generation, final long argument, final StatusListener listener) {
        final int length = new SideOrder(order.code(), generation.high(), generation.low(), argument)
            .write(buffer, ORDER_OUT);
        question.set(Operation.ORDER, bufferAddress + ORDER_OUT, length);
        if (!volume.ask(question, (tag, status) -> listener.onStatus(status), 0)) {
            listener.onStatus(Status.BUSY);
        }
    }

    /** Changes of clients wait for the target, and no session carries them. */
    boolean clientsWait() {
        final boolean mayLeave = !condition.holding || severance.isDraining();
        return condition.isPrimary() && condition.decided && condition.target && mayLeave
            && (volume.changing() > 0 || store.intent().isWaiting() || !condition.disk);
    }

    /** Something is on its way to disk as the redundant side. */
    boolean redundantBusy() {
        return !redundant.isIdle();
    }

    /** Takes no more requests of clients, and begins nothing anew. What is on its way goes on. */
    public void stop() {
        stopping = true;
        volume.stop();
        if (syncing.isRunning()) {
            syncing.onDetached();
        }
        verify.interrupt();
    }

    /** Ends it for good. @param release takes it out of the HBA, when nothing of it is on its way any more. */
    public void remove(final boolean byPeer, final Runnable release, final CommandListener listener) {
        removal.begin(byPeer, release, listener);
    }

    boolean isStopping() {
        return stopping;
    }

    /** Nothing of clients is on its way: brings the record in good order. */
    public void close() {
        closing.begin();
    }

    public boolean isClosed() {
        // A flush that fails at the end has consequences of its own.
        return closing.isClosed() && !condition.holding && store.isIdle();
    }

    /** @param why the sessions with the peer are refused, or OK. */
    public void sessionRefusal(final Supplier<Status> why) {
        sessionRefusal = why;
    }

    /** @return why sessions with the peer are refused since the last one was opened, or OK. */
    Status sessionRefusal() {
        return sessionRefusal.get();
    }

    /** The peer may put the pair on this volume of its node when it does not know the pair. */
    public void offer(final String volumeOfPeer) {
        remoteVolume = volumeOfPeer;
    }

    /** Of the peer's node, under the other side; empty where this node does not know it. */
    String remoteVolume() {
        return remoteVolume;
    }

    void report(final PairReport ours) {
        views.report(ours);
        // A peer that was in step with this side once, and does not know it now, has deleted it.
        ours.remoteVolume = condition.durable().ownLife == 0 ? remoteVolume : "";
    }

    /** A command that is not carried out, with what it would be for this pair. */
    CommandResult refused(final Rule rule, final String what) {
        return CommandResult.refused(rule.refuses(what, "NAME", name));
    }

    void event(final Kind kind, final String what, final String atRisk, final String whatToDo) {
        event(kind, nowNs, what, atRisk, whatToDo);
    }

    /** @param sinceNs when it began, which is before it was sure. */
    void event(
        final Kind kind, final long sinceNs, final String what, final String atRisk, final String whatToDo) {
        events.onEvent(new PairEvent(kind, name, sinceNs, what, atRisk, whatToDo));
    }
}
