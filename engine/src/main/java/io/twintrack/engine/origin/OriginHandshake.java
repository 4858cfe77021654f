package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.frame.Challenge;
import io.twintrack.engine.frame.Hello;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.Proof;
import io.twintrack.engine.frame.Protocol;
import io.twintrack.engine.frame.ReplyReader;
import io.twintrack.engine.session.Refusals;
import io.twintrack.engine.session.SessionKey;
import io.twintrack.engine.session.SharedKey;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Asks the target for a session until it gives one: HELLO until it has shown that it holds the shared key, then PROOF
 * until it welcomes. {@code wire.xml} says what is sent. HBA's thread only.
 */
final class OriginHandshake {
    private static final long REFUSED_NS = TimeUnit.SECONDS.toNanos(1);

    /** What a reply led to. */
    enum Result {
        /** It goes on. */
        WAIT,
        /** The target has forgotten the attempt: begin anew. */
        AGAIN,
        /** The session is open. */
        OPEN
    }

    private final String iqn;
    private final String peerIqn;
    private final long bootId;
    private final int slotLength;
    private final SharedKey key;
    private final LongSupplier random;
    private final long replyTimeoutNs;
    private final FrameSender sender;
    private final Refusals refusals;
    private final Counters counters;
    private long attempt;
    private byte[] hello;
    private byte[] proof;
    private Challenge challenge;
    private SessionKey session = SessionKey.NONE;
    private long sendAtNs;

    OriginHandshake(final Origin.Setup setup, final FrameSender sender) {
        iqn = setup.iqn();
        peerIqn = setup.peerIqn();
        bootId = setup.bootId();
        slotLength = setup.comparisonSlots().slotLength();
        key = setup.key();
        random = setup.random();
        replyTimeoutNs = setup.replyTimeoutNs();
        counters = setup.counters();
        refusals = new Refusals(peerIqn, setup.alerts(), counters);
        this.sender = sender;
    }

    /** A new attempt, which nothing that was ever said can answer. */
    void begin(final long nowNs) {
        do {
            attempt = random.getAsLong();
        } while (attempt == 0);
        hello = new Hello(attempt, random.getAsLong(), bootId, Protocol.VERSION, slotLength, iqn, peerIqn).bytes();
        proof = null;
        session = SessionKey.NONE;
        sendAtNs = nowNs;
    }

    /** Sends what is due. */
    void poll(final long nowNs) {
        if (nowNs - sendAtNs >= 0) {
            sendAtNs = nowNs + replyTimeoutNs;
            if (proof == null) {
                sender.handshake(Operation.HELLO, attempt, hello);
            } else {
                sender.handshake(Operation.PROOF, attempt, proof);
            }
        }
    }

    /** A reply arrived that is sound. */
    Result onReply(final ReplyReader reply, final long nowNs) {
        if (reply.isOfSession() && reply.outcome() == Outcome.WELCOME) {
            refusals.opened();
            return Result.OPEN;
        }
        if (reply.isOfSession() || reply.fields().session() != attempt) {
            counters.increment(Counter.REPLIES_STALE);
            return Result.WAIT;
        }
        if (reply.outcome() == Outcome.CHALLENGE && proof == null) {
            onChallenge(reply, nowNs);
        } else if (reply.outcome() == Outcome.ERROR) {
            return onError(reply.status(), nowNs);
        }
        return Result.WAIT;
    }

    /** One that is wrong changes nothing: the true one may still come. */
    private void onChallenge(final ReplyReader reply, final long nowNs) {
        final byte[] bytes = reply.payloadIntact() ? reply.payload() : new byte[0];
        final Challenge said = Challenge.of(bytes);
        if (said == null) {
            counters.increment(Counter.REPLIES_BAD);
            return;
        }
        final byte[] transcript = Challenge.transcript(hello, bytes);
        if (!SharedKey.isSame(Challenge.mac(bytes), key.targetProof(transcript))) {
            refusals.refused(Status.AUTHENTICATION, "who answers for " + peerIqn + " does not hold its key");
            sendAtNs = nowNs + REFUSED_NS;
            return;
        }
        challenge = said;
        session = key.session(transcript);
        proof = Proof.bytes(key.initiatorProof(transcript));
        sendAtNs = nowNs;
    }

    private Result onError(final Status status, final long nowNs) {
        if (status == Status.STALE_SESSION) {
            return Result.AGAIN;
        }
        refusals.refused(status, peerIqn + " refuses the session");
        sendAtNs = nowNs + REFUSED_NS;
        return Result.WAIT;
    }

    /** @return why sessions are refused since the last one was opened, or OK. */
    Status refusal() {
        return refusals.last();
    }

    /** The session that was asked for, once the target has shown that it holds the key; else none. */
    SessionKey session() {
        return session;
    }

    /** What the target says of itself, once there is a session. */
    Challenge challenge() {
        return challenge;
    }
}
