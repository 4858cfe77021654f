package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.frame.FrameWriter;
import io.twintrack.engine.frame.Hello;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.Outcome;
import io.twintrack.engine.frame.Proof;
import io.twintrack.engine.frame.Protocol;
import io.twintrack.engine.frame.ReplyWriter;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import io.twintrack.engine.session.SharedKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Who is not the peer gets in neither as origin nor as target, and disturbs nobody. */
class AuthenticationTest {
    private static final long SIZE = 1 << 20;
    private static final int HEADER = 480;
    private static final int OPERATION = 8 + 86;
    private static final int OUTCOME = 8 + 30;
    private static final int ONE_SECOND = (int) (TimeUnit.SECONDS.toNanos(1) / 100_000);

    private final List<byte[]> recorded = new ArrayList<>();

    private static PairRig rig() {
        return new PairRig(Wire.LARGE_FRAMES, SIZE);
    }

    private boolean record(final UnsafeBuffer frame) {
        final byte[] copy = new byte[frame.capacity()];
        frame.getBytes(0, copy);
        return recorded.add(copy);
    }

    private byte[] recorded(final Operation operation) {
        return recorded.stream().filter(frame -> frame[OPERATION] == operation.code()).findFirst().orElseThrow();
    }

    private static boolean is(final UnsafeBuffer frame, final Operation operation) {
        return frame.getByte(OPERATION) == operation.code();
    }

    private static boolean is(final UnsafeBuffer reply, final Outcome outcome) {
        return reply.getByte(OUTCOME) == outcome.code();
    }

    /** A frame as anybody can make it who has read the schema. */
    private static byte[] forged(final Operation operation, final long session, final byte[] payload) {
        final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(HEADER + payload.length));
        frame.putBytes(HEADER, payload);
        final FrameWriter writer = new FrameWriter();
        writer.begin(frame, 0, operation).session(session).requestLength(payload.length);
        writer.seal(HEADER, payload.length, 0);
        final byte[] bytes = new byte[frame.capacity()];
        frame.getBytes(0, bytes);
        return bytes;
    }

    private static byte[] hello(final long nonce, final String from, final String to) {
        return forged(Operation.HELLO, nonce,
            new Hello(nonce, 2, 3, Protocol.VERSION, PairRig.SLOT_LENGTH, from, to).bytes());
    }

    private static void assertUndisturbed(final PairRig rig, final long tag) {
        assertEquals(Status.OK, rig.finish(rig.write(tag, 0, 4096, false)));
        rig.cycles(3 * ONE_SECOND);
        assertEquals(PairState.UP_TO_DATE, rig.pair().state());
        assertEquals(1, rig.count(Counter.SESSIONS_OPENED));
        assertEquals(0, rig.count(Counter.SESSIONS_LOST));
        assertEquals(1, rig.targetCount(Counter.SESSIONS_ACCEPTED));
        rig.assertSidesEqual();
    }

    @Test
    void aTargetWithAnotherKeyIsRefusedAndReportedOnce() {
        final PairRig rig = rig();
        rig.key = PairRig.key(2);
        rig.restartTarget();
        rig.cycles(10 * ONE_SECOND);
        assertEquals(PairState.CONNECTING, rig.pair().state());
        assertTrue(rig.count(Counter.HANDSHAKES_REFUSED) > 5, "it goes on trying");
        assertEquals(List.of(Status.AUTHENTICATION), rig.originAlerts);
        assertEquals(0, rig.targetCount(Counter.SESSIONS_ACCEPTED));
        rig.key = PairRig.key(1);
        rig.restartTarget();
        rig.upToDate();
        rig.key = PairRig.key(3);
        rig.restartTarget();
        rig.cycles(3 * ONE_SECOND);
        assertEquals(List.of(Status.AUTHENTICATION, Status.AUTHENTICATION), rig.originAlerts,
            "news after a session was open");
    }

    @Test
    void aKeyIsNeeded() {
        assertThrows(IllegalArgumentException.class, () -> new SharedKey(null));
        assertThrows(IllegalArgumentException.class, () -> new SharedKey(new byte[SharedKey.MIN_LENGTH - 1]));
    }

    @Test
    void anOriginThatProvesNothingIsRefusedCountedAndReportedOnceWhileTheSessionGoesOn() {
        final PairRig rig = rig().upToDate();
        for (int i = 1; i <= 20; i++) {
            rig.originLink.inject(hello(i, PairRig.ORIGIN, PairRig.TARGET));
            rig.cycles(2);
            final byte[] mac = new byte[SharedKey.PROOF_LENGTH];
            new Random(i).nextBytes(mac);
            rig.originLink.inject(forged(Operation.PROOF, i, Proof.bytes(mac)));
            rig.cycles(2);
        }
        assertEquals(20, rig.targetCount(Counter.HANDSHAKES_REFUSED));
        assertEquals(List.of(Status.AUTHENTICATION), rig.targetAlerts);
        assertUndisturbed(rig, 1);
    }

    @Test
    void anotherNameIsRefusedCountedAndReportedOnceWhileTheSessionGoesOn() {
        final PairRig rig = rig().upToDate();
        for (int i = 1; i <= 5; i++) {
            rig.originLink.inject(hello(i, "iqn.2026-11.io.twintrack.test:other", PairRig.TARGET));
            rig.originLink.inject(hello(100 + i, PairRig.ORIGIN, "iqn.2026-11.io.twintrack.test:other"));
            rig.cycles(2);
        }
        assertEquals(10, rig.targetCount(Counter.HANDSHAKES_REFUSED));
        assertEquals(List.of(Status.UNKNOWN_NODE), rig.targetAlerts);
        assertUndisturbed(rig, 1);
    }

    @Test
    void anotherVersionIsRefused() {
        final PairRig rig = rig().upToDate();
        rig.originLink.inject(forged(Operation.HELLO, 9, new Hello(
            9, 2, 3, Protocol.VERSION + 1, PairRig.SLOT_LENGTH, PairRig.ORIGIN, PairRig.TARGET).bytes()));
        rig.cycles(2);
        assertEquals(List.of(Status.PROTOCOL_VERSION), rig.targetAlerts);
        assertUndisturbed(rig, 1);
    }

    @Test
    void aReplayedHandshakeOpensNothingInItsOwnSession() {
        final PairRig rig = rig();
        rig.originLink.damageFrames(this::record);
        rig.upToDate();
        rig.originLink.damageFrames(null);
        rig.originLink.inject(recorded(Operation.PROOF));
        rig.cycles(2);
        assertEquals(0, rig.targetCount(Counter.HANDSHAKES_REFUSED), "said again, and welcomed again");
        rig.originLink.inject(recorded(Operation.HELLO));
        rig.cycles(2);
        recorded.forEach(rig.originLink::inject);
        assertUndisturbed(rig, 1);
    }

    @Test
    void aReplayedHandshakeOpensNothingInALaterSession() {
        final PairRig rig = rig();
        rig.originLink.damageFrames(this::record);
        rig.upToDate();
        rig.originLink.damageFrames(null);
        rig.restartTarget();
        rig.until("a new session", () -> rig.count(Counter.SESSIONS_OPENED) == 2);
        rig.upToDate();
        rig.originLink.inject(recorded(Operation.PROOF));
        rig.cycles(2);
        assertEquals(0, rig.targetCount(Counter.HANDSHAKES_REFUSED), "of an attempt that it does not know");
        rig.originLink.inject(recorded(Operation.HELLO));
        rig.originLink.inject(recorded(Operation.PROOF));
        rig.cycles(2);
        assertEquals(1, rig.targetCount(Counter.HANDSHAKES_REFUSED), "of an answer to another challenge");
        assertEquals(List.of(Status.AUTHENTICATION), rig.targetAlerts);
        assertEquals(Status.OK, rig.finish(rig.write(5, 0, 4096, false)));
        recorded.forEach(frame -> {
            rig.originLink.inject(frame);
            rig.cycles(1);
        });
        rig.cycles(2 * ONE_SECOND);
        assertEquals(2, rig.count(Counter.SESSIONS_OPENED));
        assertEquals(1, rig.targetCount(Counter.SESSIONS_ACCEPTED));
        assertTrue(rig.targetCount(Counter.FRAMES_STALE) > 0, "frames of the first session");
        rig.assertSidesEqual();
    }

    /** Held up on the way until another attempt has opened a session. */
    @Test
    void aProofThatWasHeldUpOpensNothing() {
        final PairRig rig = rig();
        rig.originLink.dropFrames(frame -> is(frame, Operation.PROOF) && record(frame));
        rig.until("a proof", () -> !recorded.isEmpty());
        rig.originLink.dropFrames(null);
        rig.originLink.connectHere(false);
        rig.cycles(2);
        rig.originLink.connectHere(true);
        rig.upToDate();
        rig.originLink.inject(recorded.get(0));
        rig.cycles(2);
        assertUndisturbed(rig, 1);
    }

    /** Said by somebody on the way who can compute checksums, but no MAC. */
    @Test
    void aTamperedChallengeIsRefusedAndTheTrueOneStillCounts() {
        final PairRig rig = rig();
        final int[] left = {2};
        rig.targetLink.damageReplies(reply -> {
            if (is(reply, Outcome.CHALLENGE) && left[0]-- > 0) {
                tamper(reply, ReplyWriter.LENGTH, 8 + 16, 8 + 48, 8 + 52);
            }
            return true;
        });
        rig.upToDate();
        assertEquals(2, rig.count(Counter.HANDSHAKES_REFUSED));
        assertEquals(List.of(Status.AUTHENTICATION), rig.originAlerts);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
    }

    @Test
    void aTamperedProofIsRefusedAndTheTrueOneStillCounts() {
        final PairRig rig = rig();
        final int[] left = {2};
        rig.originLink.damageFrames(frame -> {
            if (is(frame, Operation.PROOF) && left[0]-- > 0) {
                tamper(frame, HEADER, 8 + 5, 8 + 104, 8 + 108);
            }
            return true;
        });
        rig.upToDate();
        assertEquals(2, rig.targetCount(Counter.HANDSHAKES_REFUSED));
        assertEquals(List.of(Status.AUTHENTICATION), rig.targetAlerts);
        assertEquals(List.of(Status.AUTHENTICATION), rig.originAlerts, "as the target told it");
        assertUndisturbed(rig, 1);
    }

    @Test
    void aTamperedHelloLeadsToNoSession() {
        final PairRig rig = rig();
        final int[] left = {1};
        rig.originLink.damageFrames(frame -> {
            if (is(frame, Operation.HELLO) && left[0]-- > 0) {
                tamper(frame, HEADER, 8 + 8, 8 + 104, 8 + 108);
            }
            return true;
        });
        rig.upToDate();
        assertEquals(1, rig.count(Counter.HANDSHAKES_REFUSED), "the MAC covers the HELLO");
        assertUndisturbed(rig, 1);
    }

    /** Flips a bit of the payload and makes both checksums right. */
    private static void tamper(
        final UnsafeBuffer message, final int payloadOffset, final int at, final int payloadChecksum,
        final int headerChecksum) {
        final int length = message.capacity();
        message.putByte(payloadOffset + at, (byte) (message.getByte(payloadOffset + at) ^ 1));
        message.putInt(payloadChecksum, crc(message, payloadOffset, length - payloadOffset));
        message.putInt(headerChecksum, crc(message, 0, headerChecksum));
    }

    private static int crc(final UnsafeBuffer message, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        message.getBytes(offset, bytes);
        final CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    @Test
    void everyMessageOfTheHandshakeMayBeLost() {
        final PairRig rig = rig();
        final boolean[] lost = new boolean[4];
        rig.originLink.dropFrames(frame -> is(frame, Operation.HELLO) && once(lost, 0)
            || is(frame, Operation.PROOF) && once(lost, 1));
        rig.targetLink.dropReplies(reply -> is(reply, Outcome.CHALLENGE) && once(lost, 2)
            || is(reply, Outcome.WELCOME) && once(lost, 3));
        rig.upToDate();
        for (final boolean one : lost) {
            assertTrue(one, "not lost");
        }
        assertEquals(0, rig.count(Counter.HANDSHAKES_REFUSED) + rig.targetCount(Counter.HANDSHAKES_REFUSED));
        assertUndisturbed(rig, 1);
    }

    private static boolean once(final boolean[] lost, final int which) {
        final boolean first = !lost[which];
        lost[which] = true;
        return first;
    }

    /** The welcome waits for the disk; proofs that are said again meanwhile change nothing. */
    @Test
    void aSessionIsOpenedOnceTheDiskHasEndedWhatTheOldOneAsked() {
        final PairRig rig = rig().upToDate();
        rig.targetDisk.hold();
        final long tag = rig.write(1, 0, 4096, false);
        rig.cycles(5);
        rig.originLink.connectHere(false);
        rig.cycles(2);
        rig.originLink.connectHere(true);
        rig.cycles(2 * ONE_SECOND);
        assertEquals(1, rig.targetCount(Counter.SESSIONS_ACCEPTED));
        rig.targetDisk.releaseAll();
        assertEquals(Status.OK, rig.finish(tag));
        assertEquals(2, rig.targetCount(Counter.SESSIONS_ACCEPTED));
        rig.assertSidesEqual();
    }

    @Test
    void framesWithoutTheSessionsSeedAreNotCarriedOut() {
        final PairRig rig = rig();
        rig.originLink.damageFrames(this::record);
        rig.upToDate();
        rig.originLink.damageFrames(null);
        final byte[] attach = recorded(Operation.ATTACH);
        final long session = new UnsafeBuffer(attach).getLong(8);
        final long bad = rig.targetCount(Counter.FRAMES_BAD);
        rig.originLink.inject(forged(Operation.FLUSH, session, new byte[0]));
        rig.originLink.inject(forged(Operation.FLUSH, session + 1, new byte[0]));
        rig.originLink.inject(forged(Operation.FLUSH, 0, new byte[0]));
        final int flushes = rig.targetDisk.flushes();
        rig.cycles(2);
        assertEquals(bad + 1, rig.targetCount(Counter.FRAMES_BAD));
        assertEquals(2, rig.targetCount(Counter.FRAMES_STALE));
        assertEquals(flushes, rig.targetDisk.flushes());
        assertUndisturbed(rig, 1);
    }

    @Test
    void bothDirectionsHaveSessionsOfTheirOwn() {
        final PairRig rig = new PairRig(new PairRig.Shape(Wire.LARGE_FRAMES, SIZE).backPairs(1));
        rig.originLink.damageFrames(this::record);
        final List<byte[]> back = new ArrayList<>();
        rig.targetLink.damageFrames(frame -> {
            final byte[] copy = new byte[frame.capacity()];
            frame.getBytes(0, copy);
            return back.add(copy);
        });
        rig.upToDate();
        rig.until("the other direction", () -> back.stream().anyMatch(
            frame -> frame[OPERATION] == Operation.ATTACH.code()));
        final long there = new UnsafeBuffer(recorded(Operation.ATTACH)).getLong(8);
        final long here = back.stream().filter(frame -> frame[OPERATION] == Operation.ATTACH.code())
            .findFirst().map(frame -> new UnsafeBuffer(frame).getLong(8)).orElseThrow();
        assertNotEquals(there, here);
        rig.originLink.damageFrames(null);
        rig.targetLink.damageFrames(null);
        back.forEach(rig.originLink::inject);
        rig.cycles(10);
        assertFalse(rig.targetCount(Counter.HANDSHAKES_REFUSED) == 0, "one's words are not the other's");
        assertUndisturbed(rig, 1);
    }
}
