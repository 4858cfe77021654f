package io.twintrack.node;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * What {@code HbaTasks} promises to threads that want something done on the HBA's own. It lies beside that class, since
 * nobody else may file.
 */
public class HbaTasksStress {
    /** A task sees what its filer wrote before. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not filed yet")
    @Outcome(id = "1, 7", expect = ACCEPTABLE, desc = "run, with all that came before")
    @Outcome(expect = FORBIDDEN, desc = "run without what came before")
    @State
    public static class TaskSeesItsFiler {
        private final HbaTasks tasks = new HbaTasks(() -> { });
        private int written;
        private int seen;

        @Actor
        public void filer() {
            written = 7;
            tasks.file(nowNs -> seen = written);
        }

        @Actor
        public void hba(final II_Result r) {
            r.r1 = tasks.doWork(0);
            r.r2 = seen;
        }
    }

    /** Who was woken finds the task. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "neither yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "filed between the two looks, or the wake-up is still to come")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "woken for it")
    @Outcome(expect = FORBIDDEN, desc = "woken for nothing: it would sleep again, and the task wait")
    @State
    public static class WokenForATask {
        private volatile int woken;
        private final HbaTasks tasks = new HbaTasks(() -> woken = 1);

        @Actor
        public void filer() {
            tasks.file(nowNs -> { });
        }

        @Actor
        public void hba(final II_Result r) {
            r.r1 = woken;
            r.r2 = tasks.doWork(0);
        }
    }

    /** What two threads file at once is run, each once. */
    @JCStressTest
    @Outcome(id = "3", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "one was lost, or ran twice")
    @State
    public static class NoneIsLost {
        private final HbaTasks tasks = new HbaTasks(() -> { });
        private int sum;

        @Actor
        public void one() {
            tasks.file(nowNs -> sum += 1);
        }

        @Actor
        public void other() {
            tasks.file(nowNs -> sum += 2);
        }

        @Arbiter
        public void hba(final I_Result r) {
            tasks.doWork(0);
            r.r1 = sum;
        }
    }
}
