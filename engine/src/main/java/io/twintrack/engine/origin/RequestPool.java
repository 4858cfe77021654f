package io.twintrack.engine.origin;

/** All requests that an HBA can have on their way at a time, made at start. HBA's thread only. */
public final class RequestPool {
    private final Request[] requests;
    private final int ordinary;
    private final int[] free;
    private final int[] freeQuestions;
    private int freeCount;
    private int freeQuestionCount;
    private long nextId = 1;

    /**
     * @param capacity  of what clients, comparisons and the like ask.
     * @param questions of what pairs ask their targets and disks. They are apart: clients' requests that wait for a
     *                  pair to be attached, or severed, may hold all of the others.
     */
    public RequestPool(final int capacity, final int questions) {
        ordinary = capacity;
        requests = new Request[capacity + questions];
        free = new int[capacity];
        freeQuestions = new int[questions];
        for (int i = requests.length - 1; i >= 0; i--) {
            requests[i] = new Request(i);
            putBack(i);
        }
    }

    /** @return a request with an id of its own, or null when all are in use. */
    Request claim() {
        if (freeCount == 0) {
            return null;
        }
        final Request request = requests[free[--freeCount]];
        request.id = nextId++;
        return request;
    }

    /** @return a request for a question, with an id of its own, or null when all are in use. */
    Request claimQuestion() {
        if (freeQuestionCount == 0) {
            return null;
        }
        final Request request = requests[freeQuestions[--freeQuestionCount]];
        request.id = nextId++;
        return request;
    }

    void release(final Request request) {
        request.volume = null;
        request.listener = null;
        putBack(request.index);
    }

    private void putBack(final int index) {
        if (index < ordinary) {
            free[freeCount++] = index;
        } else {
            freeQuestions[freeQuestionCount++] = index;
        }
    }

    Request get(final int index) {
        return requests[index];
    }

    int capacity() {
        return requests.length;
    }

    boolean holdsAnyOf(final PrimaryVolume volume) {
        for (final Request request : requests) {
            if (request.volume == volume) {
                return true;
            }
        }
        return false;
    }

    /** @return whether any of the volume's requests reaches behind this byte, or will with its next pieces. */
    boolean reachesBehind(final PrimaryVolume volume, final long end) {
        for (final Request request : requests) {
            if (request.volume == volume && request.offset + request.length + request.rest > end) {
                return true;
            }
        }
        return false;
    }

    public int inUse() {
        return requests.length - freeCount - freeQuestionCount;
    }
}
