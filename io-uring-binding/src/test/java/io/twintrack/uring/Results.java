package io.twintrack.uring;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Assertions;

/** Remembers what completed with which result; a token may complete once. */
final class Results implements CompletionHandler {
    final Map<Long, Integer> byToken = new HashMap<>();
    int rooms;

    @Override
    public void onCompletion(final long token, final int result, final int cqeFlags) {
        Assertions.assertNull(byToken.put(token, result), "token " + token + " completed twice");
    }

    @Override
    public void onRoom() {
        rooms++;
    }

    boolean has(final long token) {
        return byToken.containsKey(token);
    }

    /** Runs the ring until this token completed. @return its result. */
    int of(final Ring ring, final long token) {
        RingKind.runUntil(ring, () -> has(token));
        return byToken.remove(token);
    }
}
