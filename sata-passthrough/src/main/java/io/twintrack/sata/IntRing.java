package io.twintrack.sata;

/** A first-in, first-out queue of ints that never grows: its users are as many as its capacity. */
final class IntRing {
    private final int[] elements;
    private int head;
    private int size;

    IntRing(final int capacity) {
        elements = new int[capacity];
    }

    void add(final int element) {
        if (size == elements.length) {
            throw new IllegalStateException("more than " + size + " elements");
        }
        final int end = head + size++;
        elements[end < elements.length ? end : end - elements.length] = element;
    }

    /** Not when it is empty; the same for {@link #poll()}. */
    int peek() {
        return elements[head];
    }

    int poll() {
        final int element = elements[head];
        head = head + 1 == elements.length ? 0 : head + 1;
        size--;
        return element;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }
}
