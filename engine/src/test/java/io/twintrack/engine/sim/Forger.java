package io.twintrack.engine.sim;

import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.PairReport;
import org.agrona.checksum.Crc32c;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Changes frames and replies between a node and the wire, and seals them again so that nobody sees it: what the code
 * behind the checksums would do wrong. The places are those of {@code wire.xml}, behind a message header of 8 bytes.
 */
final class Forger {
    enum Lie {
        /** The current generation and the one that the tracks count from change places. */
        SWAPPED_GENERATIONS,
        /** A side claims that its caches are those of the last meeting. */
        SAME_LIFE,
        /** A side claims that its caches are not those of the last meeting. */
        OTHER_LIFE,
        /** A target says that it has no marks. */
        NO_MARKS,
        /** A target says that nothing changed on it, track by track. */
        EMPTY_TRACKS,
        /** A compared range counts as equal whatever it holds. */
        ALWAYS_EQUAL,
        /** A write is carried out once more, long after. */
        FORGOTTEN_DUPLICATE,
        /** A write of an old session is carried out in a new one. */
        OLD_SESSION,
        /** Bytes damaged on the way pass for good ones. */
        UNSEEN_DAMAGE
    }

    private static final int HEADER = 8;
    private static final int FRAME_CHECKSUM = HEADER + 108;
    private static final int REPLY_CHECKSUM = HEADER + 52;
    private static final int REPLY_PAYLOAD = HEADER + 56;

    private final Lie lie;
    private int writes;
    private byte[] kept;
    private int keptAge;
    private long keptSession;

    Forger(final Lie lie) {
        this.lie = lie;
    }

    private static int operation(final UnsafeBuffer frame) {
        return frame.getByte(HEADER + 86);
    }

    private static int crc(final UnsafeBuffer bytes, final int from, final int length) {
        return Crc32c.INSTANCE.compute(bytes.addressOffset(), from, length);
    }

    /** @return a frame that follows it, or null. */
    byte[] frame(final UnsafeBuffer frame) {
        final int operation = operation(frame);
        if (operation == code(Operation.ATTACH)) {
            report(frame, frame.getShort(HEADER + 76) & 0xFFFF, HEADER + 104, FRAME_CHECKSUM,
                frame.getInt(HEADER + 72));
        }
        if (operation != code(Operation.WRITE)) {
            return null;
        }
        writes++;
        if (lie == Lie.UNSEEN_DAMAGE && writes % 16 == 0) {
            damage(frame);
        }
        return lie == Lie.FORGOTTEN_DUPLICATE || lie == Lie.OLD_SESSION ? again(frame) : null;
    }

    private void damage(final UnsafeBuffer frame) {
        final int payload = frame.getShort(HEADER + 76) & 0xFFFF;
        frame.putLong(payload + 256, ~frame.getLong(payload + 256));
        reseal(frame, payload, frame.getInt(HEADER + 72), HEADER + 104, FRAME_CHECKSUM);
    }

    /** Keeps a write, and says it again behind a later one, under a number that the session has not used. */
    private byte[] again(final UnsafeBuffer frame) {
        final boolean due = kept != null && (lie == Lie.OLD_SESSION
            ? keptSession != frame.getLong(HEADER) : keptAge++ > 3);
        byte[] repeated = null;
        if (due) {
            final UnsafeBuffer copy = new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(kept.length));
            copy.putBytes(0, kept);
            final int seed = frame.getInt(FRAME_CHECKSUM) ^ crc(frame, 0, FRAME_CHECKSUM);
            copy.putLong(HEADER, frame.getLong(HEADER));
            copy.putLong(HEADER + 8, frame.getLong(HEADER + 8) + 1500);
            copy.putLong(HEADER + 16, frame.getLong(HEADER + 16));
            copy.putShort(HEADER + 82, frame.getShort(HEADER + 82));
            copy.putShort(HEADER + 84, frame.getShort(HEADER + 84));
            copy.putInt(FRAME_CHECKSUM, seed ^ crc(copy, 0, FRAME_CHECKSUM));
            repeated = new byte[kept.length];
            copy.getBytes(0, repeated);
            kept = null;
        } else if (kept == null && frame.getInt(HEADER + 72) == frame.getInt(HEADER + 64)) {
            kept = new byte[frame.capacity()];
            frame.getBytes(0, kept);
            keptSession = frame.getLong(HEADER);
            keptAge = 0;
        }
        return repeated;
    }

    void reply(final UnsafeBuffer reply) {
        final int outcome = reply.getByte(HEADER + 30);
        final int payload = reply.getInt(HEADER + 36);
        if (lie == Lie.ALWAYS_EQUAL && outcome == io.twintrack.engine.frame.Outcome.DIFFERENT.code()) {
            reseal(reply, () -> reply.putByte(HEADER + 30, (byte) io.twintrack.engine.frame.Outcome.DONE.code()));
        } else if (outcome == io.twintrack.engine.frame.Outcome.ATTACHED.code()) {
            report(reply, REPLY_PAYLOAD, HEADER + 48, REPLY_CHECKSUM, payload);
        } else if (lie == Lie.EMPTY_TRACKS && payload > 0 && isMarks(reply, payload)) {
            reseal(reply, () -> {
                reply.setMemory(REPLY_PAYLOAD, payload, (byte) 0);
                reply.putInt(HEADER + 48, crc(reply, REPLY_PAYLOAD, payload));
            });
        }
    }

    /** Marks of the volume's first tracks fill no sector of a client's. */
    private static boolean isMarks(final UnsafeBuffer reply, final int payload) {
        return payload == 1024 && Stamp.read(reply, REPLY_PAYLOAD, reply.getLong(REPLY_PAYLOAD + 8)) == Stamp.NONSENSE;
    }

    private static void reseal(final UnsafeBuffer reply, final Runnable change) {
        final int seed = reply.getInt(REPLY_CHECKSUM) ^ crc(reply, 0, REPLY_CHECKSUM);
        change.run();
        reply.putInt(REPLY_CHECKSUM, seed ^ crc(reply, 0, REPLY_CHECKSUM));
    }

    private void report(
        final UnsafeBuffer bytes, final int at, final int payloadChecksum, final int checksum, final int length) {
        final PairReport report = new PairReport();
        if (length <= 0 || !report.read(bytes, at, length)) {
            return;
        }
        switch (lie) {
            case SWAPPED_GENERATIONS -> swap(report);
            case SAME_LIFE -> report.life = report.lastOwnLife == 0 ? report.life : report.lastOwnLife;
            case OTHER_LIFE -> report.life ^= 2;
            case NO_MARKS -> {
                report.markedTracks = 0;
                report.activeRegions = 0;
            }
            default -> {
                return;
            }
        }
        final int seed = bytes.getInt(checksum) ^ crc(bytes, 0, checksum);
        report.write(bytes, at);
        bytes.putInt(payloadChecksum, crc(bytes, at, length));
        bytes.putInt(checksum, seed ^ crc(bytes, 0, checksum));
    }

    private static void swap(final PairReport report) {
        final long high = report.currentHigh;
        final long low = report.currentLow;
        report.currentHigh = report.baseHigh;
        report.currentLow = report.baseLow;
        report.baseHigh = high;
        report.baseLow = low;
    }

    private static void reseal(
        final UnsafeBuffer bytes, final int at, final int length, final int payloadChecksum, final int checksum) {
        final int seed = bytes.getInt(checksum) ^ crc(bytes, 0, checksum);
        bytes.putInt(payloadChecksum, crc(bytes, at, length));
        bytes.putInt(checksum, seed ^ crc(bytes, 0, checksum));
    }

    private static int code(final Operation operation) {
        return operation.code();
    }
}
