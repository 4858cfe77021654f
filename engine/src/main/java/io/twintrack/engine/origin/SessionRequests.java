package io.twintrack.engine.origin;

import java.util.List;

/** Those requests of the pool that wait for one session's target. Walked only when a session comes or goes. */
final class SessionRequests {
    private final RequestPool requests;
    private List<PrimaryVolume> volumes = List.of();

    SessionRequests(final RequestPool requests) {
        this.requests = requests;
    }

    void volumes(final List<PrimaryVolume> sessionVolumes) {
        volumes = sessionVolumes;
    }

    /** What outlived the last session goes out again, whole and in the order in which it came. */
    void sendAgain(final FrameSender sender) {
        for (Request next = oldestAfter(0); next != null; next = oldestAfter(next.id)) {
            next.remotePart(next.fragments);
            sender.enqueue(next);
        }
    }

    private Request oldestAfter(final long id) {
        Request oldest = null;
        for (int i = 0; i < requests.capacity(); i++) {
            final Request request = requests.get(i);
            if (waitsForTarget(request) && request.id > id && (oldest == null || request.id < oldest.id)) {
                oldest = request;
            }
        }
        return oldest;
    }

    /** A comparison does not outlive its session. */
    void abandonComparisons() {
        abandon(true);
    }

    void abandonAll() {
        abandon(false);
    }

    private void abandon(final boolean comparisonsOnly) {
        for (int i = 0; i < requests.capacity(); i++) {
            final Request request = requests.get(i);
            if (waitsForTarget(request) && (request.comparison || !comparisonsOnly)) {
                request.volume.flow().abandon(request);
            }
        }
    }

    private boolean waitsForTarget(final Request request) {
        return request.volume != null && request.remotePending() && volumes.contains(request.volume);
    }
}
