package io.twintrack.transport.aeron;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;

/**
 * What {@code LinkCounters} promises to threads that read while the HBA's thread counts: each value late, never torn;
 * nothing of one beside another. It lies beside that class, since nobody else may count.
 */
public class LinkCountersStress {
    private static final int STEP = 0x4000_0001;

    /** Values only grow, none is torn and none is lost. */
    @JCStressTest
    @Outcome(id = "0, 0, 2147483650", expect = ACCEPTABLE, desc = "both before")
    @Outcome(id = "0, 1073741825, 2147483650", expect = ACCEPTABLE, desc = "one step between the looks")
    @Outcome(id = "0, 2147483650, 2147483650", expect = ACCEPTABLE, desc = "two steps between the looks")
    @Outcome(id = "1073741825, 1073741825, 2147483650", expect = ACCEPTABLE, desc = "both after the first step")
    @Outcome(id = "1073741825, 2147483650, 2147483650", expect = ACCEPTABLE, desc = "the last step between the looks")
    @Outcome(id = "2147483650, 2147483650, 2147483650", expect = ACCEPTABLE, desc = "both behind")
    @Outcome(expect = FORBIDDEN, desc = "a value fell, was torn or was lost")
    @State
    public static class OnlyGrow {
        private final LinkCounters counters = new LinkCounters();

        @Actor
        public void hba() {
            counters.add(LinkCounter.FRAMES_SENT, STEP);
            counters.add(LinkCounter.FRAMES_SENT, STEP);
        }

        @Actor
        public void reader(final JJJ_Result r) {
            r.r1 = counters.get(LinkCounter.FRAMES_SENT);
            r.r2 = counters.get(LinkCounter.FRAMES_SENT);
        }

        @Arbiter
        public void end(final JJJ_Result r) {
            r.r3 = counters.get(LinkCounter.FRAMES_SENT);
        }
    }
}
