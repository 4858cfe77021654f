package io.twintrack.engine.origin;

/** All requests that an HBA can have on their way at a time, made at start. HBA's thread only. */
public final class RequestPool {
    private final Request[] requests;
    private final int[] free;
    private int freeCount;
    private long nextId = 1;

    public RequestPool(final int capacity) {
        requests = new Request[capacity];
        free = new int[capacity];
        for (int i = 0; i < capacity; i++) {
            requests[i] = new Request(i);
            free[i] = capacity - 1 - i;
        }
        freeCount = capacity;
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

    void release(final Request request) {
        request.volume = null;
        request.listener = null;
        free[freeCount++] = request.index;
    }

    Request get(final int index) {
        return requests[index];
    }

    int capacity() {
        return requests.length;
    }

    public int inUse() {
        return requests.length - freeCount;
    }
}
