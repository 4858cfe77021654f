package io.twintrack.engine.metadata;

import io.twintrack.engine.Status;
import java.util.ArrayDeque;
import org.agrona.collections.IntArrayQueue;

/** Results on their way to those who wait: they are told from {@link SideStore#poll()} only. HBA's thread only. */
final class Outcomes {
    private final ArrayDeque<StatusListener> listeners = new ArrayDeque<>();
    private final IntArrayQueue statuses = new IntArrayQueue(-1);

    void add(final StatusListener listener, final Status status) {
        listeners.add(listener);
        statuses.addInt(status.code());
    }

    boolean isEmpty() {
        return listeners.isEmpty();
    }

    /** What is added meanwhile waits for the next call. @return how many were told. */
    int deliver() {
        final int count = listeners.size();
        for (int i = 0; i < count; i++) {
            listeners.poll().onStatus(Status.of(statuses.pollInt()));
        }
        return count;
    }
}
