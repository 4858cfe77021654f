package io.twintrack.uring;

/** A first-in, first-out queue of ints that never grows: its users are as many as its capacity. */
final class IntFifo {
    private final int[] elements;
    private int head;
    private int size;

    IntFifo(final int capacity) {
        elements = new int[capacity];
    }

    void add(final int element) {
        if (size == elements.length) {
            throw new IllegalStateException("more than " + size + " elements");
        }
        elements[(head + size++) % elements.length] = element;
    }

    /** Not when it is empty. */
    int poll() {
        final int element = elements[head];
        head = (head + 1) % elements.length;
        size--;
        return element;
    }

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }
}
