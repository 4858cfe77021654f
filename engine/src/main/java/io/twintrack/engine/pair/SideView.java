package io.twintrack.engine.pair;

import java.util.Arrays;

/**
 * What one side of a pair says about itself when it attaches: what its superblock holds, and what it knows from this
 * run. A plain record of fields that the {@link DecisionTable} reads; each side fills one for itself and gets the
 * other one from the wire.
 */
public final class SideView {
    /** How many earlier generations a side remembers. */
    public static final int HISTORY = 3;

    public Generation pairId = Generation.NONE;
    /** In bytes. */
    public long size;
    /** In bytes. */
    public int sectorSize;
    /** In bytes. */
    public int trackSize;
    public Mode mode = Mode.DISK;
    public Role role = Role.REDUNDANT;
    public SideState sideState = SideState.CONSISTENT;
    /** What this side knew last of the other one. */
    public SideState peerSideState = SideState.CONSISTENT;

    /**
     * The crashed-primary mark: this process found in its metadata that the one before it was serving when it ended, or
     * had active regions left. It holds until both sides are in step. A process that serves now and was not interrupted
     * does not say this of itself.
     */
    public boolean crashed;
    public boolean severedByCommand;
    /** The redundant volume is exported read-only. */
    public boolean exported;
    /** Clients are attached, or requests of theirs are on their way. */
    public boolean clients;
    /** The superblock may be an older copy, or an operator asked for it: nothing is equal that was not compared. */
    public boolean fullCompare;
    /** Never was in step with the other side, or its disk was replaced. */
    public boolean fresh;

    public Generation current = Generation.NONE;
    /** What the changed tracks count from; none while both sides are in step. */
    public Generation base = Generation.NONE;
    public final Generation[] history = new Generation[HISTORY];
    /** While Inconsistent: what this side is being brought to. */
    public Generation syncGeneration = Generation.NONE;

    /** The life of this side's volatile caches now: the boot of its host. */
    public long life;
    /** The life that this side had when both were last in step, by its own superblock. 0: never. */
    public long lastOwnLife;
    /** The same of the other side. */
    public long lastPeerLife;

    /** Changed tracks that are set. */
    public long markedTracks;
    /** Regions whose intent bit is set durably. */
    public long activeRegions;

    /** 0: no resize is on its way, and none ever was. */
    public long resizeId;
    /** The size, in bytes, that the resize leads to. */
    public long resizeSize;

    public SideView() {
        Arrays.fill(history, Generation.NONE);
    }

    boolean isPrimary() {
        return role == Role.PRIMARY;
    }

    boolean isInconsistent() {
        return sideState == SideState.INCONSISTENT;
    }

    boolean isFailed() {
        return sideState == SideState.FAILED;
    }

    /** What it holds is compared as a whole, whatever is marked: its own wish, or its knowledge of the other one. */
    boolean distrustsMarks() {
        return fullCompare || peerSideState == SideState.FAILED;
    }

    boolean hasMarks() {
        return markedTracks > 0 || activeRegions > 0;
    }

    /** Fresh, and without anything that somebody wrote through this pair. */
    boolean isBlank() {
        return fresh && (isInconsistent() || current.isNone());
    }

    /** An Inconsistent side holds nothing whole; it stands for what it is being brought to. */
    Generation generation() {
        return isInconsistent() ? syncGeneration : current;
    }

    boolean wentOnFrom(final Generation other) {
        return !isInconsistent() && base.is(other);
    }

    boolean remembers(final Generation other) {
        for (final Generation one : history) {
            if (!isInconsistent() && one.is(other)) {
                return true;
            }
        }
        return false;
    }
}
