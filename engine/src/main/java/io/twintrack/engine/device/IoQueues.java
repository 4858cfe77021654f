package io.twintrack.engine.device;

import io.twintrack.engine.port.IoQueue;

import java.util.List;

/**
 * Several queues as the one that an HBA drives: the ring, then what stands on top of it, such as an
 * {@link ExtentDevice}. Each call goes to all, in their order. HBA's thread only.
 */
public final class IoQueues implements IoQueue {
    private final IoQueue[] queues;

    public IoQueues(final List<? extends IoQueue> queues) {
        this.queues = queues.toArray(new IoQueue[0]);
    }

    @Override
    public int poll() {
        int completions = 0;
        for (final IoQueue queue : queues) {
            completions += queue.poll();
        }
        return completions;
    }

    @Override
    public int submit() {
        int submitted = 0;
        for (final IoQueue queue : queues) {
            submitted += queue.submit();
        }
        return submitted;
    }
}
