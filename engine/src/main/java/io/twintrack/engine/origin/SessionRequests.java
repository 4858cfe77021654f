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
    void sendAgain(final PrimaryVolume volume, final FrameSender sender) {
        for (Request next = oldestAfter(volume, 0); next != null; next = oldestAfter(volume, next.id)) {
            // Detached and attached again in one session: what was sent before is still going to be answered.
            if (!sender.isUnderWay(next)) {
                sendAgain(next, sender);
            }
        }
    }

    private void sendAgain(final Request request, final FrameSender sender) {
        if (request.volume.flow().isStaleOnTarget(request)) {
            request.volume.flow().abandon(request);
        } else {
            request.remotePart(sender.fragments(request));
            sender.enqueue(request);
        }
    }

    private Request oldestAfter(final PrimaryVolume volume, final long id) {
        Request oldest = null;
        for (int i = 0; i < requests.capacity(); i++) {
            final Request request = requests.get(i);
            if (request.volume == volume && waitsForTarget(request) && !request.endsWithSession() && request.id > id
                && (oldest == null || request.id < oldest.id)) {
                oldest = request;
            }
        }
        return oldest;
    }

    /** What does not outlive its session ends; all else is as if it had never been sent. */
    void onSessionLost() {
        for (int i = 0; i < requests.capacity(); i++) {
            final Request request = requests.get(i);
            if (waitsForTarget(request) && request.endsWithSession()) {
                request.volume.flow().abandon(request);
            } else if (waitsForTarget(request)) {
                request.remotePart(request.fragments);
            }
        }
    }

    void abandonAll() {
        volumes.forEach(this::abandonAll);
    }

    void abandonAll(final PrimaryVolume volume) {
        for (int i = 0; i < requests.capacity(); i++) {
            final Request request = requests.get(i);
            if (request.volume == volume && waitsForTarget(request)) {
                request.volume.flow().abandon(request);
            }
        }
    }

    /** Frames of the volume were sent or are about to be, and are unanswered. */
    boolean isOnItsWay(final PrimaryVolume volume, final FrameSender sender) {
        for (int i = 0; i < requests.capacity(); i++) {
            final Request request = requests.get(i);
            if (request.volume == volume && waitsForTarget(request) && sender.isUnderWay(request)) {
                return true;
            }
        }
        return false;
    }

    private boolean waitsForTarget(final Request request) {
        return request.volume != null && request.remotePending() && volumes.contains(request.volume);
    }
}
