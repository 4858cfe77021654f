package io.twintrack.engine.replica;

/**
 * All received requests that can be on their way to disk at a time, made at start. Two kinds: those that answer one
 * frame, and a few with room for all fragments of a request that is reassembled in a slot. HBA's thread only.
 */
final class ApplyPool {
    private final Apply[] applies;
    private final int[] freeSingles;
    private final int[] freeAssemblies;
    private int singles;
    private int assemblies;
    private final int singleCount;

    /** @param maxFragments the most frames that one request can come in. */
    ApplyPool(final int singleCount, final int assemblyCount, final int maxFragments) {
        this.singleCount = singleCount;
        applies = new Apply[singleCount + assemblyCount];
        freeSingles = new int[singleCount];
        freeAssemblies = new int[assemblyCount];
        for (int i = 0; i < applies.length; i++) {
            applies[i] = new Apply(i, i < singleCount ? 1 : maxFragments);
            release(applies[i]);
        }
    }

    /** @return one that answers one frame, or null. */
    Apply claimSingle() {
        return singles == 0 ? null : applies[freeSingles[--singles]];
    }

    /** @return one that answers many frames, or null. */
    Apply claimAssembly() {
        return assemblies == 0 ? null : applies[freeAssemblies[--assemblies]];
    }

    void release(final Apply apply) {
        apply.volume = null;
        if (apply.index < singleCount) {
            freeSingles[singles++] = apply.index;
        } else {
            freeAssemblies[assemblies++] = apply.index;
        }
    }

    /** @return the request with this id that is still being put together, or null. */
    Apply incomplete(final long session, final long requestId) {
        for (int i = singleCount; i < applies.length; i++) {
            final Apply apply = applies[i];
            if (apply.volume != null && apply.requestId == requestId && apply.session == session
                && apply.receivedBytes < apply.length) {
                return apply;
            }
        }
        return null;
    }

    Apply get(final int index) {
        return applies[index];
    }

    int capacity() {
        return applies.length;
    }
}
