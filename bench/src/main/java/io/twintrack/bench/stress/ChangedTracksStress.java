package io.twintrack.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.twintrack.engine.metadata.ChangedTracks;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZJ_Result;

/** What {@code ChangedTracks} promises to threads that look at it while the HBA's thread marks and clears. */
public class ChangedTracksStress {
    private static final int TRACK = 4096;
    /** Tracks of a word of the bits. */
    private static final int WORD = 64;
    /** More words than one word of the summary has bits, so that there are three levels. */
    private static final long SIZE = 128L * WORD * TRACK;
    private static final long ONE_TRACK = TRACK;

    private static ChangedTracks tracks() {
        final long bits = ChangedTracks.bitsLength(SIZE, TRACK);
        return new ChangedTracks(
            buffer(bits), buffer(ChangedTracks.summaryLength(bits)), SIZE, TRACK);
    }

    private static UnsafeBuffer buffer(final long length) {
        return new UnsafeBuffer(new byte[(int) length]);
    }

    /** The first byte of this word's first track. */
    private static long at(final int word) {
        return (long) word * WORD * TRACK;
    }

    private static long trackOf(final long offset) {
        return offset == ChangedTracks.NONE ? -1 : offset / TRACK;
    }

    /** Who sees a mark sees what was done before it. */
    @JCStressTest
    @Outcome(id = "false, .*", expect = ACCEPTABLE, desc = "not marked yet")
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "marked, and what came before")
    @Outcome(id = "true, 0", expect = FORBIDDEN, desc = "marked without what came before")
    @State
    public static class Marked {
        private final ChangedTracks tracks = tracks();
        private int before;

        @Actor
        public void hba() {
            before = 1;
            tracks.mark(at(70), ONE_TRACK);
        }

        @Actor
        public void reader(final ZI_Result r) {
            r.r1 = tracks.isMarked(0, SIZE);
            r.r2 = before;
        }
    }

    /** Who sees that a mark is gone sees what was done before it was cleared. */
    @JCStressTest
    @Outcome(id = "true, .*", expect = ACCEPTABLE, desc = "still marked")
    @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "cleared, and what came before")
    @Outcome(id = "false, 0", expect = FORBIDDEN, desc = "cleared without what came before: not copied yet")
    @State
    public static class Cleared {
        private final ChangedTracks tracks = tracks();
        private int before;

        public Cleared() {
            tracks.mark(at(70), ONE_TRACK);
        }

        @Actor
        public void hba() {
            before = 1;
            tracks.clear(at(70), ONE_TRACK);
        }

        @Actor
        public void reader(final ZI_Result r) {
            r.r1 = tracks.isMarked(0, SIZE);
            r.r2 = before;
        }
    }

    /** A track that is marked all the time is found, whatever comes and goes in front of it and beside it. */
    @JCStressTest
    @Outcome(id = "8128", expect = ACCEPTABLE, desc = "the one that stays")
    @Outcome(id = "320", expect = ACCEPTABLE, desc = "one that comes and goes")
    @Outcome(id = "-1", expect = FORBIDDEN, desc = "a marked track was not found")
    @Outcome(expect = FORBIDDEN, desc = "a track that was never marked")
    @State
    public static class FoundAllTheTime {
        private final ChangedTracks tracks = tracks();

        public FoundAllTheTime() {
            tracks.mark(at(127), ONE_TRACK);
        }

        @Actor
        public void hba() {
            tracks.mark(at(5), ONE_TRACK);
            tracks.mark(at(126), ONE_TRACK);
            tracks.clear(at(126), ONE_TRACK);
            tracks.clear(at(5), ONE_TRACK);
        }

        @Actor
        public void reader(final J_Result r) {
            final long track = trackOf(tracks.nextMarked(0));
            // Word 126 may be seen as well; it stands for the one that stays.
            r.r1 = track == 126 * WORD ? 127 * WORD : track;
        }
    }

    /** The mark moves up, the new one set before the old one is cleared: a search upwards finds one of them. */
    @JCStressTest
    @Outcome(id = "320", expect = ACCEPTABLE, desc = "the old place")
    @Outcome(id = "4480", expect = ACCEPTABLE, desc = "the new place")
    @Outcome(expect = FORBIDDEN, desc = "neither")
    @State
    public static class MovedUp {
        private final ChangedTracks tracks = tracks();

        public MovedUp() {
            tracks.mark(at(5), ONE_TRACK);
        }

        @Actor
        public void hba() {
            tracks.mark(at(70), ONE_TRACK);
            tracks.clear(at(5), ONE_TRACK);
        }

        @Actor
        public void reader(final J_Result r) {
            r.r1 = trackOf(tracks.nextMarked(0));
        }
    }

    /** The mark moves down: a search upwards may have passed the new place before, and come to the old one after. */
    @JCStressTest
    @Outcome(id = "320", expect = ACCEPTABLE, desc = "the new place")
    @Outcome(id = "4480", expect = ACCEPTABLE, desc = "the old place")
    @Outcome(id = "-1", expect = ACCEPTABLE_INTERESTING, desc = "between the two: seen a little late")
    @Outcome(expect = FORBIDDEN, desc = "a track that was never marked")
    @State
    public static class MovedDown {
        private final ChangedTracks tracks = tracks();

        public MovedDown() {
            tracks.mark(at(70), ONE_TRACK);
        }

        @Actor
        public void hba() {
            tracks.mark(at(5), ONE_TRACK);
            tracks.clear(at(70), ONE_TRACK);
        }

        @Actor
        public void reader(final J_Result r) {
            r.r1 = trackOf(tracks.nextMarked(0));
        }
    }

    /** The length of a run over a word's border, while the run is marked: by words, never longer than it will be. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "not marked yet")
    @Outcome(id = "4", expect = ACCEPTABLE_INTERESTING, desc = "as far as the first word goes")
    @Outcome(id = "10", expect = ACCEPTABLE, desc = "all of it")
    @Outcome(expect = FORBIDDEN, desc = "a part of a word, or more than was marked")
    @State
    public static class Run {
        private static final long FIRST = at(5) + (WORD - 4L) * TRACK;

        private final ChangedTracks tracks = tracks();

        @Actor
        public void hba() {
            tracks.mark(FIRST, 10L * TRACK);
        }

        @Actor
        public void reader(final J_Result r) {
            r.r1 = trackOf(tracks.runLength(FIRST, SIZE - FIRST));
        }
    }

    /** The count follows the marks: it is neither torn nor negative, and nobody sees it before the marks. */
    @JCStressTest
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "neither yet")
    @Outcome(id = "true, 0", expect = ACCEPTABLE_INTERESTING, desc = "the marks alone: the count comes late")
    @Outcome(id = "true, 70", expect = ACCEPTABLE, desc = "marks and count")
    @Outcome(expect = FORBIDDEN, desc = "a count before its marks, or one that never was")
    @State
    public static class Count {
        private final ChangedTracks tracks = tracks();

        @Actor
        public void hba() {
            tracks.mark(at(5), 70L * TRACK);
        }

        @Actor
        public void reader(final ZJ_Result r) {
            r.r2 = tracks.count();
            r.r1 = tracks.isMarked(at(5), 70L * TRACK);
        }
    }

    /** Marks and clears of one thread while another one counts. */
    @JCStressTest
    @Outcome(id = "[023], [023]", expect = ACCEPTABLE, desc = "a count of some moment")
    @Outcome(expect = FORBIDDEN, desc = "a count of no moment")
    @State
    public static class CountUpAndDown {
        private final ChangedTracks tracks = tracks();

        @Actor
        public void hba() {
            tracks.mark(at(5), 3L * TRACK);
            tracks.clear(at(5), 1L * TRACK);
        }

        @Actor
        public void reader(final JJ_Result r) {
            r.r1 = tracks.count();
            r.r2 = tracks.count();
        }
    }
}
