package io.twintrack.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.twintrack.engine.frame.Protocol;
import io.twintrack.engine.origin.AckTracker;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** What {@code AckTracker} promises to threads that look at it while the HBA's thread files and frees. */
public class AckTrackerStress {
    private static final int REQUEST = 17;
    private static final int FRAGMENT = 5;
    private static final ConcurrentLinkedQueue<UnsafeBuffer> IDLE = new ConcurrentLinkedQueue<>();

    /** A table is large: the arbiter of a test gives its memory to the next. */
    private static UnsafeBuffer memory() {
        final UnsafeBuffer idle = IDLE.poll();
        if (idle == null) {
            return new UnsafeBuffer(new byte[AckTracker.LENGTH]);
        }
        idle.setMemory(0, 2 * 64, (byte) 0);
        return idle;
    }

    /** Who sees that a frame is unanswered sees whose it is. */
    @JCStressTest
    @Outcome(id = "0, .*, .*", expect = ACCEPTABLE, desc = "not filed yet")
    @Outcome(id = "1, 17, 5", expect = ACCEPTABLE, desc = "filed, with all that was filed")
    @Outcome(expect = FORBIDDEN, desc = "filed, and its entry is not filled")
    @State
    public static class Filed {
        private final UnsafeBuffer memory = memory();
        private final AckTracker acks = new AckTracker(memory);

        @Actor
        public void hba() {
            acks.file(REQUEST, FRAGMENT, 1);
        }

        @Actor
        public void reader(final III_Result r) {
            if (acks.isUnanswered(1)) {
                r.r1 = 1;
                r.r2 = acks.request(1);
                r.r3 = acks.fragment(1);
            }
        }

        @Arbiter
        public void end() {
            IDLE.add(memory);
        }
    }

    /** An answered frame stays answered, and the next window's frame in its place is not taken for it. */
    @JCStressTest
    @Outcome(id = "true, true, false", expect = ACCEPTABLE, desc = "both looks came before the answer")
    @Outcome(id = "true, false, false", expect = ACCEPTABLE, desc = "answered between the looks")
    @Outcome(id = "false, false, false", expect = ACCEPTABLE, desc = "answered before")
    @Outcome(id = "false, true, .*", expect = FORBIDDEN, desc = "an answered frame is unanswered again")
    @Outcome(id = ".*, .*, true", expect = FORBIDDEN, desc = "unanswered in the end")
    @State
    public static class Answered {
        private final UnsafeBuffer memory = memory();
        private final AckTracker acks = new AckTracker(memory);

        public Answered() {
            for (int i = 0; i < Protocol.WINDOW; i++) {
                acks.file(REQUEST, FRAGMENT, 1);
            }
        }

        @Actor
        public void hba() {
            acks.answered(1);
            acks.file(REQUEST + 1, FRAGMENT, 1);
        }

        @Actor
        public void reader(final ZZZ_Result r) {
            r.r1 = acks.isUnanswered(1);
            r.r2 = acks.isUnanswered(1);
        }

        @Arbiter
        public void end(final ZZZ_Result r) {
            r.r3 = acks.isUnanswered(1);
            IDLE.add(memory);
        }
    }

    /** Frames are filed in the order of their ids. */
    @JCStressTest
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "neither yet")
    @Outcome(id = "false, true", expect = ACCEPTABLE_INTERESTING, desc = "the first alone")
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "both")
    @Outcome(id = "true, false", expect = FORBIDDEN, desc = "the second without the first")
    @State
    public static class FiledInOrder {
        private final UnsafeBuffer memory = memory();
        private final AckTracker acks = new AckTracker(memory);

        @Actor
        public void hba() {
            acks.file(REQUEST, 0, 1);
            acks.file(REQUEST, 1, 1);
        }

        @Actor
        public void reader(final ZZ_Result r) {
            r.r1 = acks.isUnanswered(2);
            r.r2 = acks.isUnanswered(1);
        }

        @Arbiter
        public void end() {
            IDLE.add(memory);
        }
    }
}
