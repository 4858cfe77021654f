package io.twintrack.node;

import io.twintrack.engine.hba.Intake;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/**
 * What other threads want done on the HBA's own. Bounded: who finds it full hears so at once. Any thread files;
 * the HBA's thread runs a few in each duty cycle, and the rare task is the one thing there that may allocate.
 */
final class HbaTasks implements Intake {
    private static final int CAPACITY = 256;
    private static final int TASKS_A_CYCLE = 4;

    /** Something to do in a duty cycle. */
    interface Task {
        void run(long nowNs);
    }

    private final ManyToOneConcurrentArrayQueue<Task> tasks = new ManyToOneConcurrentArrayQueue<>(CAPACITY);
    private final Runnable wakeUp;

    /** @param wakeUp ends the sleep of the HBA's thread. Any thread calls it. */
    HbaTasks(final Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    /** @return false when too many wait. */
    boolean file(final Task task) {
        final boolean filed = tasks.offer(task);
        if (filed) {
            wakeUp.run();
        }
        return filed;
    }

    @Override
    public int doWork(final long nowNs) {
        int done = 0;
        for (Task task = tasks.poll(); task != null; task = done < TASKS_A_CYCLE ? tasks.poll() : null) {
            task.run(nowNs);
            done++;
        }
        return done;
    }
}
