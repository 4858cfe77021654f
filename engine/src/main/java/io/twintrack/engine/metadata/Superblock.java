package io.twintrack.engine.metadata;

import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.pair.SideState;

/**
 * What a side of a pair knows durably of itself and of the other side. A plain record: whoever changes it does so on
 * the copy that {@link SideStore#change} hands out. The fields' meaning and units stand in {@code metadata.xml}.
 *
 * <p>Ids have 128 bits in two halves; both halves 0 means none. Names are ASCII, at most {@value #MAX_NAME} bytes, the
 * disk's identity {@value #MAX_DISK_IDENTITY}.
 */
public final class Superblock {
    public static final int MAX_NAME = 223;
    public static final int MAX_DISK_IDENTITY = 255;
    public static final int HISTORY = 3;

    public long sequence;
    public long metadataIdHigh;
    public long metadataIdLow;
    public long pairIdHigh;
    public long pairIdLow;
    public String pairName = "";
    public String volumeName = "";
    public String localIqn = "";
    public String peerIqn = "";
    public String diskIdentity = "";

    public long volumeSize;
    public int trackSize;
    public int regionSize;

    public Role role = Role.REDUNDANT;
    public SideState sideState = SideState.INCONSISTENT;
    public SideState peerSideState = SideState.INCONSISTENT;
    public Mode mode = Mode.DISK;
    public SeveredBy severedBy = SeveredBy.NONE;
    /** A primary that is, or was when last heard of, open to clients. */
    public boolean serving;
    /** The marks may say too little: everything is compared. */
    public boolean fullCompare;
    /** What is marked is likely to be equal: a full resync is under way, and the next one goes on by comparing. */
    public boolean comparing;

    public long currentHigh;
    public long currentLow;
    public long baseHigh;
    public long baseLow;
    /** Newest first. */
    public final long[] historyHigh = new long[HISTORY];
    public final long[] historyLow = new long[HISTORY];
    public long syncGenerationHigh;
    public long syncGenerationLow;

    public long ownLife;
    public long peerLife;

    public long resizeId;
    public long resizeSize;
    public long resizeOldSize;

    public void copyFrom(final Superblock other) {
        sequence = other.sequence;
        metadataIdHigh = other.metadataIdHigh;
        metadataIdLow = other.metadataIdLow;
        pairIdHigh = other.pairIdHigh;
        pairIdLow = other.pairIdLow;
        pairName = other.pairName;
        volumeName = other.volumeName;
        localIqn = other.localIqn;
        peerIqn = other.peerIqn;
        diskIdentity = other.diskIdentity;
        volumeSize = other.volumeSize;
        trackSize = other.trackSize;
        regionSize = other.regionSize;
        role = other.role;
        sideState = other.sideState;
        peerSideState = other.peerSideState;
        mode = other.mode;
        severedBy = other.severedBy;
        serving = other.serving;
        fullCompare = other.fullCompare;
        comparing = other.comparing;
        copyGenerationsFrom(other);
        ownLife = other.ownLife;
        peerLife = other.peerLife;
        resizeId = other.resizeId;
        resizeSize = other.resizeSize;
        resizeOldSize = other.resizeOldSize;
    }

    private void copyGenerationsFrom(final Superblock other) {
        currentHigh = other.currentHigh;
        currentLow = other.currentLow;
        baseHigh = other.baseHigh;
        baseLow = other.baseLow;
        System.arraycopy(other.historyHigh, 0, historyHigh, 0, HISTORY);
        System.arraycopy(other.historyLow, 0, historyLow, 0, HISTORY);
        syncGenerationHigh = other.syncGenerationHigh;
        syncGenerationLow = other.syncGenerationLow;
    }

    /** This generation is in the past from now on. */
    public void remember(final long high, final long low) {
        System.arraycopy(historyHigh, 0, historyHigh, 1, HISTORY - 1);
        System.arraycopy(historyLow, 0, historyLow, 1, HISTORY - 1);
        historyHigh[0] = high;
        historyLow[0] = low;
    }

    public boolean hasBase() {
        return (baseHigh | baseLow) != 0;
    }
}
