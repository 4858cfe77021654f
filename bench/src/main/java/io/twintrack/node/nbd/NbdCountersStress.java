package io.twintrack.node.nbd;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * What {@code NbdCounters} promises to threads that read while the HBA's thread counts. It lies beside that class,
 * since nobody else may count.
 */
public class NbdCountersStress {
    /** Both halves of a long change: a torn value would show. */
    private static final long STEP = 0x1_0000_0001L;

    private static NbdCounters counters() {
        return new NbdCounters(new UnsafeBuffer(new byte[NbdCounters.LENGTH]));
    }

    /** Values only grow, none is torn and none is lost. */
    @JCStressTest
    @Outcome(id = "0, 0, 8589934594", expect = ACCEPTABLE, desc = "both before")
    @Outcome(id = "0, 4294967297, 8589934594", expect = ACCEPTABLE, desc = "one step between the looks")
    @Outcome(id = "0, 8589934594, 8589934594", expect = ACCEPTABLE, desc = "two steps between the looks")
    @Outcome(id = "4294967297, 4294967297, 8589934594", expect = ACCEPTABLE, desc = "both after the first step")
    @Outcome(id = "4294967297, 8589934594, 8589934594", expect = ACCEPTABLE, desc = "the last step between the looks")
    @Outcome(id = "8589934594, 8589934594, 8589934594", expect = ACCEPTABLE, desc = "both behind")
    @Outcome(expect = FORBIDDEN, desc = "a value fell, was torn or was lost")
    @State
    public static class OnlyGrow {
        private final NbdCounters counters = counters();

        @Actor
        public void hba() {
            counters.add(NbdCounter.CONNECTIONS_OPEN, STEP);
            counters.add(NbdCounter.CONNECTIONS_OPEN, STEP);
        }

        @Actor
        public void reader(final JJJ_Result r) {
            r.r1 = counters.get(NbdCounter.CONNECTIONS_OPEN);
            r.r2 = counters.get(NbdCounter.CONNECTIONS_OPEN);
        }

        @Arbiter
        public void end(final JJJ_Result r) {
            r.r3 = counters.get(NbdCounter.CONNECTIONS_OPEN);
        }
    }

    /** Who sees a count sees what was counted before it. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "neither yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE_INTERESTING, desc = "the first alone")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "the second without the first")
    @State
    public static class CountedInOrder {
        private final NbdCounters counters = counters();

        @Actor
        public void hba() {
            counters.increment(NbdCounter.CONNECTIONS_OPEN);
            counters.increment(NbdCounter.CONNECTIONS_ACCEPTED);
        }

        @Actor
        public void reader(final JJ_Result r) {
            r.r1 = counters.get(NbdCounter.CONNECTIONS_ACCEPTED);
            r.r2 = counters.get(NbdCounter.CONNECTIONS_OPEN);
        }
    }
}
