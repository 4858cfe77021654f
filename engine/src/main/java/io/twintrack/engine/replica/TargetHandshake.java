package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.frame.Challenge;
import io.twintrack.engine.frame.FrameReader;
import io.twintrack.engine.frame.Hello;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.Proof;
import io.twintrack.engine.frame.Protocol;
import io.twintrack.engine.session.Refusals;
import io.twintrack.engine.session.SessionKey;
import io.twintrack.engine.session.SharedKey;
import java.util.Arrays;

/**
 * Finds out who asks for a session. Whatever is said here changes nothing but this table of attempts, until somebody
 * has shown that he holds the shared key and was asked just now: each attempt gets a nonce of its own, so nothing that
 * was said in another one proves anything. {@code wire.xml} says what is sent. HBA's thread only.
 */
final class TargetHandshake {
    /** Attempts that wait for a proof; the oldest makes room. */
    private static final int ATTEMPTS = 8;

    private record Attempt(long id, byte[] hello, byte[] challenge) {
        byte[] transcript() {
            return Challenge.transcript(hello, challenge);
        }
    }

    private final TargetSession.Setup setup;
    private final int slotLength;
    private final SharedKey key;
    private final ReplySender replies;
    private final Refusals refusals;
    private final Counters counters;
    private final Attempt[] attempts = new Attempt[ATTEMPTS];
    private int next;

    TargetHandshake(final TargetSession.Setup setup, final ReplySender replies) {
        this.setup = setup;
        this.replies = replies;
        slotLength = setup.slots().slotLength();
        key = setup.key();
        counters = setup.counters();
        refusals = new Refusals(setup.peerIqn(), setup.alerts(), counters);
    }

    /** Somebody asks for a session. */
    void onHello(final FrameReader frame) {
        final byte[] bytes = frame.payloadIntact() ? frame.payload() : new byte[0];
        final Hello hello = Hello.of(bytes);
        if (hello == null || hello.nonceHigh() != frame.fields().session() || hello.nonceHigh() == 0) {
            counters.increment(Counter.FRAMES_BAD);
            return;
        }
        final Status refusal = refusal(hello);
        if (refusal != Status.OK) {
            refuse(hello.nonceHigh(), refusal, printable(hello.initiatorIqn()) + " asks "
                + printable(hello.targetIqn()) + " for a session and is refused");
            return;
        }
        Attempt attempt = find(hello.nonceHigh(), bytes);
        if (attempt == null) {
            attempt = begin(hello.nonceHigh(), bytes);
        }
        replies.challenge(attempt.id, attempt.challenge);
    }

    private Status refusal(final Hello hello) {
        if (hello.protocol() != Protocol.VERSION) {
            return Status.PROTOCOL_VERSION;
        }
        if (!hello.targetIqn().equals(setup.iqn()) || !hello.initiatorIqn().equals(setup.peerIqn())) {
            return Status.UNKNOWN_NODE;
        }
        return hello.slotLength() <= slotLength ? Status.OK : Status.NOT_SUPPORTED;
    }

    private void refuse(final long attempt, final Status status, final String whatHappened) {
        refusals.refused(status, whatHappened);
        replies.say(attempt, 0, Outcome.ERROR, status);
    }

    /** A name that nobody vouches for goes to the log. */
    private static String printable(final String name) {
        return name.replaceAll("[^!-~]", "?");
    }

    private Attempt find(final long id, final byte[] hello) {
        for (final Attempt attempt : attempts) {
            if (attempt != null && attempt.id == id && Arrays.equals(attempt.hello, hello)) {
                return attempt;
            }
        }
        return null;
    }

    private Attempt begin(final long id, final byte[] hello) {
        final byte[] challenge = new Challenge(setup.random().getAsLong(), setup.random().getAsLong(),
            replies.longestPayload()).bytes();
        final Attempt attempt = new Attempt(id, hello, challenge);
        Challenge.putMac(challenge, key.targetProof(attempt.transcript()));
        attempts[next++ % ATTEMPTS] = attempt;
        return attempt;
    }

    /** @return the session that the proof opens, the same one each time that it arrives; or null: it proves nothing. */
    SessionKey onProof(final FrameReader frame) {
        final long id = frame.fields().session();
        final byte[] mac = frame.payloadIntact() ? Proof.mac(frame.payload()) : null;
        if (mac == null) {
            counters.increment(Counter.FRAMES_BAD);
            return null;
        }
        boolean known = false;
        for (final Attempt attempt : attempts) {
            if (attempt != null && attempt.id == id) {
                known = true;
                final byte[] transcript = attempt.transcript();
                if (SharedKey.isSame(mac, key.initiatorProof(transcript))) {
                    return key.session(transcript);
                }
            }
        }
        if (known) {
            refuse(id, Status.AUTHENTICATION, "who calls as " + setup.peerIqn() + " does not hold its key");
        } else {
            counters.increment(Counter.FRAMES_STALE);
            replies.say(id, 0, Outcome.ERROR, Status.STALE_SESSION);
        }
        return null;
    }

    /** @return why sessions are refused since the last one was opened, or OK. */
    Status refusal() {
        return refusals.last();
    }

    void opened() {
        refusals.opened();
    }

    /**
     * Forgets all other attempts, so that a proof of one of them that was held up opens nothing any more.
     *
     * @param session the one that was proved, or none.
     */
    void keepOnly(final SessionKey session) {
        for (int i = 0; i < ATTEMPTS; i++) {
            if (attempts[i] != null && !key.session(attempts[i].transcript()).equals(session)) {
                attempts[i] = null;
            }
        }
    }
}
