package io.twintrack.node;

/**
 * What a node sent since it started.
 *
 * @param frames  all of them.
 * @param resends those of them that were sent before.
 */
public record NodeCounts(long frames, long resends) {
    NodeCounts plus(final NodeCounts other) {
        return new NodeCounts(frames + other.frames, resends + other.resends);
    }
}
