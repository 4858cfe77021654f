package io.twintrack.node.nbd;

/** The requests of one connection. */
final class RequestPool {
    private final Request[] requests;
    private final Request[] free;
    private int freeCount;

    RequestPool(final int capacity) {
        requests = new Request[capacity];
        free = new Request[capacity];
        for (int i = 0; i < capacity; i++) {
            requests[i] = new Request(i);
        }
        reset();
    }

    void reset() {
        freeCount = requests.length;
        System.arraycopy(requests, 0, free, 0, freeCount);
    }

    Request get(final int index) {
        return requests[index];
    }

    /** @return {@code null} when all are in use. */
    Request claim() {
        return freeCount == 0 ? null : free[--freeCount];
    }

    boolean hasFree() {
        return freeCount > 0;
    }

    void release(final Request request) {
        free[freeCount++] = request;
    }

    int inUse() {
        return requests.length - freeCount;
    }
}
