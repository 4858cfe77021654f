package io.twintrack.engine.metadata;

import static io.twintrack.engine.metadata.MetadataLayout.BLOCK_LENGTH;

import io.twintrack.engine.pair.SideState;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Judges the two copies of a superblock as they were read.
 *
 * <pre>
 *   copy 0    copy 1                          outcome
 *   good      good, the same                  it holds
 *   good      good, one change newer          the newer holds: the crash came between the two writes
 *   good      good, several changes newer     the newer holds, but the disk lost a write: not trusted
 *   good      no good                         the good one holds, but it may be the older one: not trusted
 *   good      good, of another file           unusable
 *   good      good, other content, same age   unusable
 *   no good   no good                         unusable
 * </pre>
 *
 * Where it is not trusted, a side that says UpToDate counts as Consistent, and everything is compared.
 */
final class SuperblockPair {
    private final MetadataLayout layout;
    private final SuperblockBlock codec = new SuperblockBlock();
    private final Superblock first = new Superblock();
    private final Superblock second = new Superblock();
    private final UnsafeBuffer scratch = new UnsafeBuffer(BufferUtil.allocateDirectAligned(BLOCK_LENGTH, 8));
    private boolean isUsable;
    private int worse;

    SuperblockPair(final MetadataLayout layout) {
        this.layout = layout;
    }

    boolean isUsable() {
        return isUsable;
    }

    /** The copy to write first. */
    int worse() {
        return worse;
    }

    /** @return what there is to say about it, or null. */
    String judge(final UnsafeBuffer pair, final Superblock to) {
        final String firstFault = codec.decode(pair, 0, 0, first);
        final String secondFault = codec.decode(pair, BLOCK_LENGTH, 1, second);
        isUsable = false;
        if (firstFault != null && secondFault != null) {
            return "neither copy of the superblock is any good: of the first, " + firstFault + "; of the second, "
                + secondFault;
        }
        if (firstFault == null && secondFault == null) {
            return judgeBoth(pair, to);
        }
        worse = firstFault != null ? 0 : 1;
        final String fault = firstFault != null ? firstFault : secondFault;
        return use(firstFault == null ? first : second, to, "a copy of the superblock is no good: " + fault);
    }

    private String judgeBoth(final UnsafeBuffer pair, final Superblock to) {
        if (first.metadataIdHigh != second.metadataIdHigh || first.metadataIdLow != second.metadataIdLow) {
            return "the copies of the superblock are of two different files";
        }
        final long ahead = first.sequence - second.sequence;
        worse = ahead > 0 ? 1 : 0;
        if (ahead == 0 && !haveSameContent(pair)) {
            return "the copies of the superblock contradict each other";
        }
        return use(worse == 1 ? first : second, to,
            ahead > 1 || ahead < -1 ? "a copy of the superblock is several changes behind" : null);
    }

    private boolean haveSameContent(final UnsafeBuffer pair) {
        codec.encode(second, 0, scratch);
        boolean same = true;
        for (int at = 0; at < BLOCK_LENGTH; at += Long.BYTES) {
            same &= scratch.getLong(at) == pair.getLong(at);
        }
        return same;
    }

    /** @param doubt why it may not be the newest, or null. */
    private String use(final Superblock from, final Superblock to, final String doubt) {
        if (from.trackSize != layout.trackSize() || from.regionSize != layout.regionSize()) {
            return "its tracks have " + from.trackSize + " bytes instead of " + layout.trackSize();
        }
        if (from.volumeSize <= 0 || from.volumeSize > layout.volumeSize()) {
            return "its volume has " + from.volumeSize + " bytes, more than " + layout.volumeSize();
        }
        to.copyFrom(from);
        isUsable = true;
        if (doubt == null) {
            return null;
        }
        to.fullCompare = true;
        if (to.sideState == SideState.UP_TO_DATE) {
            to.sideState = SideState.CONSISTENT;
        }
        return doubt + ": it may not be the newest, so everything is compared";
    }
}
