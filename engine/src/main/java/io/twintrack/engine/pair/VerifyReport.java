package io.twintrack.engine.pair;

import io.twintrack.engine.pair.PairEvent.Kind;

/** Tells once what a verify found, and once that nothing of it is left. HBA's thread only. */
final class VerifyReport {
    private final Pair pair;
    private boolean ran;
    private boolean told;

    VerifyReport(final Pair pair) {
        this.pair = pair;
    }

    /** @return 1 when a verify or a repair has just ended. */
    int poll() {
        final boolean ended = ran && !pair.verify.isRunning();
        ran = pair.verify.isRunning();
        final VerifyStatus found = pair.verify.status();
        // Nothing is left of one whose volume shrank below it.
        if (ended && found != null) {
            tell(found);
        }
        return ended ? 1 : 0;
    }

    private void tell(final VerifyStatus found) {
        if (found.differences() > 0) {
            told = true;
            pair.event(Kind.VERIFY_DIFFERENCE,
                found.differences() + " ranges of both sides differ, the first at byte " + found.ranges().get(0).offset(),
                "one of the two copies is not what was written there",
                "twintrack pair verify " + pair.name() + " --repair-from primary|redundant, by the side that is right");
        } else if (told && found.complete()) {
            told = false;
            pair.event(Kind.VERIFY_CLEAN, "nothing differs any more of what verify had found", "nothing", "nothing");
        }
    }
}
