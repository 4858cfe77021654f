package io.twintrack.engine.pair;

/**
 * What the {@link DecisionTable} says.
 *
 * @param direction of a DELTA or FULL; seen from the one primary, or from the one that is left after the demotion.
 * @param demotion  which primary steps down durably, without clients, before anything else happens. The other one then
 *                  decides again.
 * @param ownIntent a DELTA takes the decider's active regions too; its changed tracks and the other side's tracks and
 *                  active regions it always takes.
 * @param resize    sizes differ by the resize that is on its way: it goes on first, and the range that both have is
 *                  meant.
 * @param refusal   why, of a REFUSED; else {@code null}.
 */
public record Decision(
    Outcome outcome, Direction direction, Demotion demotion, boolean ownIntent, boolean resize, Refusal refusal) {

    public enum Outcome {
        /** Equal but for requests on their way. */
        NOTHING,
        /** The union of marks is copied. */
        DELTA,
        /** Everything is compared by hash, and what differs is copied. */
        FULL,
        /** Both went on alone: a command names the side to keep. */
        DIVERGED,
        /** They never were one pair. */
        UNRELATED,
        REFUSED
    }

    public enum Direction {
        NONE,
        /** Primary to redundant. */
        PUSH,
        /** Redundant to primary. */
        PULL
    }

    public enum Demotion {
        NONE, OWN, PEER
    }

    static final Decision NOTHING = only(Outcome.NOTHING);
    static final Decision DIVERGED = only(Outcome.DIVERGED);
    static final Decision UNRELATED = only(Outcome.UNRELATED);

    static Decision refused(final Refusal refusal) {
        return new Decision(Outcome.REFUSED, Direction.NONE, Demotion.NONE, false, false, refusal);
    }

    private static Decision only(final Outcome outcome) {
        return new Decision(outcome, Direction.NONE, Demotion.NONE, false, false, null);
    }

    Decision withResize(final boolean onItsWay) {
        return new Decision(outcome, direction, demotion, ownIntent, onItsWay, refusal);
    }

    /** Bytes are to be copied, in one direction or the other. */
    public boolean copies() {
        return outcome == Outcome.DELTA || outcome == Outcome.FULL;
    }

    /** Every track is in the set, whatever is marked. */
    public boolean everything() {
        return outcome == Outcome.FULL;
    }

    public boolean ownTracks() {
        return copies();
    }

    /** The other side's changed tracks and active regions. */
    public boolean peerMarks() {
        return copies();
    }
}
