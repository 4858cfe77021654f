package io.twintrack.engine.pair;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.PairReport;
import io.twintrack.engine.metadata.StatusListener;
import io.twintrack.engine.metadata.Superblock;
import io.twintrack.engine.origin.Question;
import io.twintrack.engine.pair.PairEvent.Kind;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primary's handshake about one pair, in each new session: tells what this side has, hears what the other one has,
 * lets the {@link DecisionTable} say what follows, and begins it. Until it is through, no frame of the volume is sent.
 */
final class Attachment {
    private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private final Pair pair;
    private final PairReport report = new PairReport();
    private SideView theirs = new SideView();
    private final Question question = new Question();
    private boolean asking;
    /** Names the handshake that was begun last: what is left of an earlier one leads to nothing. */
    private int attempt;
    /** The pair took another way meanwhile. */
    private boolean overtaken;
    private boolean sessionOpen;
    /** Counts sessions: what was begun in one does not go on in the next. */
    private int sessions;
    private long notBeforeNs;
    private Status lastRefusal = Status.OK;
    private CommandListener teller;
    private Look looker;
    private long detachedSinceNs;
    private Decision lastDecision;

    /** Hears what the peer has, or why it does not tell. */
    @FunctionalInterface
    interface Look {
        void onSeen(Status status, SideView theirs);
    }

    Attachment(final Pair pair) {
        this.pair = pair;
    }

    void onSessionOpened(final long nowNs) {
        sessionOpen = true;
        sessions++;
        asking = false;
        notBeforeNs = nowNs;
        lastRefusal = Status.OK;
        lastDecision = null;
    }

    void onSessionLost() {
        sessionOpen = false;
        asking = false;
        attempt++;
        seen(Status.PEER_LOST);
    }

    boolean isSessionOpen() {
        return sessionOpen;
    }

    /** Names the session that is open now. */
    int session() {
        return sessions;
    }

    /** The session of this name is still open. */
    boolean isOpen(final int session) {
        return sessionOpen && session == sessions;
    }

    /** A handshake about the pair is under way, or what it led to has begun. */
    boolean isAsking() {
        return asking;
    }

    /** Names the handshake that is under way. */
    int attempt() {
        return attempt;
    }

    /** Another change of the pair begins: what the handshake under way would lead to does not happen any more. */
    void overtake() {
        overtaken = asking;
    }

    /** Before each step of what this handshake leads to. */
    boolean goesOn(final int which) {
        if (which != attempt || !asking) {
            return false;
        }
        if (overtaken) {
            asking = false;
            notBeforeNs = pair.nowNs;
            seen(Status.BUSY);
            answer(PairRule.REESTABLISH_LATER, "another change of the pair came first");
        }
        return asking;
    }

    /** Asks at once, even what was refused before. */
    void askNow() {
        notBeforeNs = pair.nowNs;
    }

    /** Says how the next attempt ended. */
    void tell(final CommandListener listener) {
        answer(PairRule.REESTABLISH_LATER, "the same was asked again");
        teller = listener;
    }

    /** Asks what the peer has, and leaves it at that. Not while {@link #isAsking()}. */
    void look(final Look listener) {
        looker = listener;
        ask(pair.nowNs);
        if (!asking) {
            seen(Status.BUSY);
        }
    }

    private boolean seen(final Status status) {
        final Look listener = looker;
        looker = null;
        if (listener != null) {
            asking = false;
            listener.onSeen(status, theirs);
        }
        return listener != null;
    }

    /** What the marks of the peer counted from when it last told. */
    Generation commonWithPeer() {
        return Choice.countedFrom(theirs.base, theirs.current);
    }

    void onDetached(final long nowNs) {
        detachedSinceNs = nowNs;
    }

    /** The peer answered so. */
    void retryLater(final Status status) {
        refused(status);
    }

    /** A step of this side's failed. */
    void retryLater(final Status status, final Rule rule, final String step) {
        if (!seen(status)) {
            putOff(status, rule, status == Status.OK ? step : step + ": " + status);
        }
    }

    int poll(final long nowNs) {
        if (pair.condition.attached) {
            return 0;
        }
        if (pair.clientsWait() && nowNs - detachedSinceNs >= pair.patienceNs) {
            // Where nothing can go on alone, the next session gets its time as well.
            detachedSinceNs = nowNs;
            pair.onRetriesExhausted("the peer does not take the pair: " + pair.condition.reason());
        } else if (pair.condition.usesTarget() && pair.volume().counts().open() > 0
            && nowNs - detachedSinceNs >= pair.patienceNs) {
            // Reads that only the peer could answer.
            pair.volume().abandonTarget();
        }
        if (!sessionOpen && teller != null) {
            final Status refusal = pair.sessionRefusal();
            answer(PeerAnswer.rule(refusal, PairRule.BOTH_THERE),
                refusal == Status.OK ? "the peer does not answer" : "a session with the peer is refused: " + refusal);
        }
        final boolean due = sessionOpen && !asking && nowNs - notBeforeNs >= 0;
        return due && pair.mayAttach() ? meet(nowNs) : 0;
    }

    /** A pair that was attached in this session, and is no more, ends it if anything is left of that. */
    private int meet(final long nowNs) {
        pair.volume().meetAgain();
        return sessionOpen ? ask(nowNs) : 1;
    }

    private int ask(final long nowNs) {
        pair.report(report);
        final int length = report.write(pair.buffer, Pair.ATTACH_OUT);
        question.set(Operation.ATTACH, pair.bufferAddress + Pair.ATTACH_OUT, length)
            .into(pair.bufferAddress + Pair.ATTACH_IN, Pair.MESSAGE_LENGTH);
        asking = true;
        overtaken = false;
        asking = pair.volume().ask(question, this::onAnswer, ++attempt) && asking;
        if (asking && pair.condition.target && pair.condition.state() == PairState.CONNECTING) {
            pair.condition.state(PairState.HANDSHAKING, nowNs, "the peer answers");
        }
        return 1;
    }

    private void onAnswer(final long asked, final Status status) {
        if (!goesOn((int) asked)) {
            return;
        }
        if (status != Status.OK) {
            refused(status);
            return;
        }
        final SideView view = report.read(pair.buffer, Pair.ATTACH_IN, Pair.MESSAGE_LENGTH) ? PairViews.of(report)
            : null;
        if (view == null) {
            refused(Status.INVALID);
            return;
        }
        theirs = view;
        if (seen(Status.OK)) {
            return;
        }
        if (pair.resizing.catchesUp(theirs.size)) {
            asking = false;
            notBeforeNs = pair.nowNs + RETRY_NS;
            return;
        }
        if (pair.resizing.outlived(theirs)) {
            pair.resizing.settle(theirs, ifGoesOn(this::onSizeSettled));
            return;
        }
        if (!pair.condition.disk && theirs.current.is(pair.aloneGeneration)) {
            pair.order(Order.FOLLOW, theirs.current, Order.WITHOUT_PRIMARY, ifGoesOn(this::onFollowedAlone));
            return;
        }
        carryOut(DecisionTable.decide(pair.views.own(), theirs));
    }

    /** The handshake begins again with what the peer has now. */
    private void onSizeSettled(final Status status) {
        if (status == Status.OK) {
            asking = false;
            notBeforeNs = pair.nowNs;
        } else {
            refused(status);
        }
    }

    private void refused(final Status status) {
        if (!seen(status)) {
            putOff(status, PeerAnswer.rule(status, PairRule.REESTABLISH_LATER), "the peer refuses the pair: " + status);
        }
    }

    private void putOff(final Status status, final Rule rule, final String why) {
        asking = false;
        notBeforeNs = pair.nowNs + RETRY_NS;
        if (status != lastRefusal) {
            lastRefusal = status;
            pair.condition.state(pair.condition.state(), pair.nowNs, why);
        }
        answer(rule, why);
    }

    /** Until what follows is through, no further attempt is made: each of its ends says so. */
    private void carryOut(final Decision decision) {
        if (!decision.equals(lastDecision)) {
            lastDecision = decision;
            LOG.info("pair {}: {}", pair.name(), decision);
        }
        if (decision.demotion() == Decision.Demotion.OWN) {
            asking = false;
            pair.switchover.stepDown("the peer's data is newer and descends from this side's", this::answer);
            return;
        }
        if (decision.demotion() == Decision.Demotion.PEER) {
            await(PairState.HANDSHAKING, PairRule.OLDER_STEPS_DOWN,
                "the other side has older data and gives up its role as primary");
            return;
        }
        switch (decision.outcome()) {
            case NOTHING -> pair.order(Order.FOLLOW, Generations.current(pair.condition.durable()), 0,
                ifGoesOn(this::onFollowed));
            case DELTA, FULL -> pair.syncing.begin(decision, theirs);
            case DIVERGED -> diverged();
            case UNRELATED -> await(PairState.HANDSHAKING, PairRule.UNRELATED,
                "the peer's copy belongs to another pair of this name");
            case REFUSED -> await(PairState.HANDSHAKING, decision.refusal(), obstacle(decision.refusal()));
        }
    }

    private String obstacle(final Refusal refusal) {
        final SideView ours = pair.views.own();
        return switch (refusal) {
            case NO_PRIMARY -> "neither side is the primary";
            case PEER_DECIDES -> "the other side is the primary";
            case SIZE_MISMATCH -> "this side has " + ours.size + " bytes, the other one " + theirs.size;
            case SECTOR_MISMATCH ->
                "this side's sectors have " + ours.sectorSize + " bytes, the other one's " + theirs.sectorSize;
            case TRACK_MISMATCH ->
                "this side's tracks have " + ours.trackSize + " bytes, the other one's " + theirs.trackSize;
            case MODE_MISMATCH -> "this side's mode is " + ours.mode + ", the other one's " + theirs.mode;
            case EXPORTED -> "the other side is exported to readers";
            case SEVERED_BY_COMMAND -> "a command severed the pair";
            case OWN_DISK_FAILED -> "this node's disk has failed";
            case PEER_DISK_FAILED -> "the other side's disk has failed";
            case NO_SOURCE -> "neither side has whole data";
            case PRIMARY_IN_USE -> "this side has clients, and the other one has the data";
        };
    }

    private StatusListener ifGoesOn(final StatusListener step) {
        final int which = attempt;
        return status -> {
            if (goesOn(which)) {
                step.onStatus(status);
            }
        };
    }

    /** What was begun has led to an open pair. */
    void succeeded() {
        asking = false;
        lastRefusal = Status.OK;
        answer(CommandResult.done("the pair is " + pair.condition.state() + ": " + pair.condition.reason()));
    }

    private void answer(final Rule rule, final String what) {
        answer(pair.refused(rule, what));
    }

    private void answer(final CommandResult result) {
        final CommandListener listener = teller;
        teller = null;
        if (listener != null) {
            listener.onResult(result);
        }
    }

    /** This node's disk has failed, and the session with the only copy is back. */
    private void onFollowedAlone(final Status status) {
        if (status == Status.OK) {
            pair.becomeUpToDate("the peer's copy serves");
        } else {
            refused(status);
        }
    }

    private void onFollowed(final Status status) {
        if (status != Status.OK) {
            refused(status);
            return;
        }
        pair.store.change(this::remember, ifGoesOn(this::onRemembered));
    }

    /** Nothing of what either side's volatile caches held at the last meeting was lost, or it does not matter. */
    private void remember(final Superblock side) {
        side.ownLife = pair.life;
        side.peerLife = theirs.life;
        side.peerSideState = SideState.UP_TO_DATE;
        side.severedBy = SeveredBy.NONE;
        side.sideState = pair.condition.upToDate();
        side.serving = true;
    }

    private void onRemembered(final Status status) {
        if (pair.condition.lostDisk) {
            retryLater(Status.IO_ERROR, Refusal.OWN_DISK_FAILED, "this node's disk has failed");
        } else if (status != Status.OK) {
            retryLater(status, PairRule.REESTABLISH_RECORDED, "its metadata could not be written");
        } else {
            pair.becomeUpToDate("both sides are equal");
        }
    }

    private void diverged() {
        final String what = "both sides took writes without the other";
        if (pair.condition.state() != PairState.DIVERGED) {
            pair.event(Kind.DIVERGED, what, "one side's changes have to be given up",
                "twintrack pair reestablish " + pair.name() + " --keep local|peer");
        }
        await(PairState.DIVERGED, PairRule.DIVERGED, what);
    }

    /** The reason that a status shows is what the answer to a command says, in one sentence. */
    private void await(final PairState state, final Rule rule, final String what) {
        asking = false;
        notBeforeNs = pair.nowNs + RETRY_NS;
        final boolean severed = state == PairState.HANDSHAKING && !pair.condition.target;
        final CommandResult refused = pair.refused(rule, what);
        final String why = refused.refused().toString();
        if (!why.equals(pair.condition.reason())) {
            pair.condition.state(severed ? PairState.SEVERED : state, pair.nowNs, why);
        }
        answer(refused);
    }
}
