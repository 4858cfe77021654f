package io.twintrack.engine.frame;

import io.twintrack.engine.frame.sbe.Random128Decoder;
import io.twintrack.engine.frame.sbe.Random128Encoder;
import io.twintrack.engine.frame.sbe.MessageHeaderDecoder;
import io.twintrack.engine.frame.sbe.MessageHeaderEncoder;
import io.twintrack.engine.frame.sbe.PairReportDecoder;
import io.twintrack.engine.frame.sbe.PairReportEncoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What one side says of its copy of a pair when both meet; {@code wire.xml} says what each field is. A plain record of
 * fields, filled anew for each use: it happens once a session and may allocate. One thread.
 */
public final class PairReport {
    /** Bytes that a report takes at most. */
    public static final int MAX_LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + PairReportEncoder.BLOCK_LENGTH
        + PairReportEncoder.pairNameHeaderLength() + Protocol.MAX_NAME_LENGTH
        + PairReportEncoder.remoteVolumeHeaderLength() + Protocol.MAX_VOLUME_NAME_LENGTH;
    public static final int HISTORY = 3;

    /** This side was serving clients when it was last heard of: a primary that crashed. */
    public static final int SERVING_MARK = 1;
    /** A person severed the pair: only a person may heal it. */
    public static final int SEVERED_BY_COMMAND = 2;
    /** Clients may attach to this side's copy now. */
    public static final int EXPORTED = 4;
    /** Clients are attached to this side's copy now. */
    public static final int CLIENTS = 8;
    /** This side's marks cannot be trusted: everything is to be compared. */
    public static final int FULL_COMPARE = 16;
    /** This side was never in step with anything. */
    public static final int NEW = 32;

    public String pairName = "";
    /** On the node that hears it; empty when the pair is not offered to a node that does not know it. */
    public String remoteVolume = "";
    public long pairIdHigh;
    public long pairIdLow;
    public long size;
    public int sectorSize;
    public int trackSize;
    public int mode;
    public int role;
    public int sideState;
    public int peerSideState;
    public int flags;
    public long currentHigh;
    public long currentLow;
    public long baseHigh;
    public long baseLow;
    /** The youngest first. */
    public final long[] historyHigh = new long[HISTORY];
    public final long[] historyLow = new long[HISTORY];
    public long syncGenerationHigh;
    public long syncGenerationLow;
    public long life;
    public long lastOwnLife;
    public long lastPeerLife;
    public long markedTracks;
    public long activeRegions;
    public long resizeId;
    public long resizeSize;

    public boolean is(final int flag) {
        return (flags & flag) != 0;
    }

    public void set(final int flag, final boolean on) {
        flags = on ? flags | flag : flags & ~flag;
    }

    /** @return bytes written, at most {@link #MAX_LENGTH}. */
    public int write(final MutableDirectBuffer buffer, final int offset) {
        final PairReportEncoder out = new PairReportEncoder();
        out.wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder())
            .size(size).sectorSize(Integer.toUnsignedLong(sectorSize)).trackSize(Integer.toUnsignedLong(trackSize))
            .mode((short) mode).role((short) role)
            .sideState((short) sideState).peerSideState((short) peerSideState).flags(flags)
            .life(life).lastOwnLife(lastOwnLife).lastPeerLife(lastPeerLife).markedTracks(markedTracks)
            .resizeId(resizeId).resizeSize(resizeSize)
            .reserved16(0).activeRegions(activeRegions).reserved64(0)
            .pairName(pairName).remoteVolume(remoteVolume);
        put(out.pairId(), pairIdHigh, pairIdLow);
        put(out.current(), currentHigh, currentLow);
        put(out.baseGeneration(), baseHigh, baseLow);
        put(out.history0(), historyHigh[0], historyLow[0]);
        put(out.history1(), historyHigh[1], historyLow[1]);
        put(out.history2(), historyHigh[2], historyLow[2]);
        put(out.syncGeneration(), syncGenerationHigh, syncGenerationLow);
        return MessageHeaderEncoder.ENCODED_LENGTH + out.encodedLength();
    }

    /** @return whether it is a report at all; no field counts otherwise. */
    public boolean read(final DirectBuffer buffer, final int offset, final int length) {
        final MessageHeaderDecoder header = new MessageHeaderDecoder();
        if (length < MessageHeaderDecoder.ENCODED_LENGTH + PairReportDecoder.BLOCK_LENGTH) {
            return false;
        }
        header.wrap(buffer, offset);
        if (header.schemaId() != PairReportDecoder.SCHEMA_ID || header.templateId() != PairReportDecoder.TEMPLATE_ID
            || header.blockLength() != PairReportDecoder.BLOCK_LENGTH) {
            return false;
        }
        final PairReportDecoder in = new PairReportDecoder();
        in.wrapAndApplyHeader(buffer, offset, header);
        readFixed(in);
        readGenerations(in);
        return readNames(in, offset + length);
    }

    private void readFixed(final PairReportDecoder in) {
        size = in.size();
        sectorSize = (int) in.sectorSize();
        trackSize = (int) in.trackSize();
        mode = in.mode();
        role = in.role();
        sideState = in.sideState();
        peerSideState = in.peerSideState();
        flags = in.flags();
        life = in.life();
        lastOwnLife = in.lastOwnLife();
        lastPeerLife = in.lastPeerLife();
        markedTracks = in.markedTracks();
        activeRegions = in.activeRegions();
        resizeId = in.resizeId();
        resizeSize = in.resizeSize();
    }

    private void readGenerations(final PairReportDecoder in) {
        pairIdHigh = in.pairId().high();
        pairIdLow = in.pairId().low();
        currentHigh = in.current().high();
        currentLow = in.current().low();
        baseHigh = in.baseGeneration().high();
        baseLow = in.baseGeneration().low();
        readHistory(0, in.history0());
        readHistory(1, in.history1());
        readHistory(2, in.history2());
        syncGenerationHigh = in.syncGeneration().high();
        syncGenerationLow = in.syncGeneration().low();
    }

    private void readHistory(final int place, final Random128Decoder in) {
        historyHigh[place] = in.high();
        historyLow[place] = in.low();
    }

    private boolean readNames(final PairReportDecoder in, final int end) {
        final int headers = PairReportDecoder.pairNameHeaderLength();
        if (!isWithin(in, headers, end) || !isName(in, in.pairNameLength(), Protocol.MAX_NAME_LENGTH, end)) {
            return false;
        }
        pairName = in.pairName();
        if (!isWithin(in, headers, end) || !isName(in, in.remoteVolumeLength(), Protocol.MAX_VOLUME_NAME_LENGTH, end)) {
            return false;
        }
        remoteVolume = in.remoteVolume();
        return isAscii(pairName) && isAscii(remoteVolume);
    }

    /** A byte that is no ASCII was read as this. */
    private static boolean isAscii(final String name) {
        return name.indexOf('\uFFFD') < 0;
    }

    private static boolean isWithin(final PairReportDecoder in, final int length, final int end) {
        return in.limit() + length <= end;
    }

    private static boolean isName(
        final PairReportDecoder in, final int length, final int longest, final int end) {
        return length <= longest && isWithin(in, PairReportDecoder.pairNameHeaderLength() + length, end);
    }

    private static void put(final Random128Encoder out, final long high, final long low) {
        out.high(high).low(low);
    }
}
