package io.twintrack.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** What {@code Counters} promises to threads that read while the HBA's thread counts. */
public class CountersStress {
    /** Both halves of a long change: a torn value would show. */
    private static final long STEP = 0x1_0000_0001L;

    private static Counters counters() {
        return new Counters(new UnsafeBuffer(new byte[Counters.LENGTH]));
    }

    /** Values only grow, none is torn and none is lost. In steps of 4294967297. */
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
        private final Counters counters = counters();

        @Actor
        public void hba() {
            counters.add(Counter.BYTES_SENT, STEP);
            counters.add(Counter.BYTES_SENT, STEP);
        }

        @Actor
        public void reader(final JJJ_Result r) {
            r.r1 = counters.get(Counter.BYTES_SENT);
            r.r2 = counters.get(Counter.BYTES_SENT);
        }

        @Arbiter
        public void end(final JJJ_Result r) {
            r.r3 = counters.get(Counter.BYTES_SENT);
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
        private final Counters counters = counters();

        @Actor
        public void hba() {
            counters.increment(Counter.FRAMES_SENT);
            counters.increment(Counter.REPLIES_RECEIVED);
        }

        @Actor
        public void reader(final JJ_Result r) {
            r.r1 = counters.get(Counter.REPLIES_RECEIVED);
            r.r2 = counters.get(Counter.FRAMES_SENT);
        }
    }
}
