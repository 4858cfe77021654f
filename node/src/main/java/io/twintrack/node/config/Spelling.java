package io.twintrack.node.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds the key that was probably meant. */
final class Spelling {
    private Spelling() {
    }

    /** @return {@code ; did you mean "x"?}, or nothing when no key is near. */
    static String hint(final String key, final Collection<String> known) {
        return known.stream()
            .min(Comparator.comparingInt(candidate -> distance(key, candidate)))
            .filter(candidate -> distance(key, candidate) <= Math.max(1, candidate.length() / 3))
            .map(candidate -> "; did you mean \"" + candidate + "\"?")
            .orElse("");
    }

    /** Levenshtein's: how many letters to insert, drop or change. */
    static int distance(final String from, final String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            final int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                final int change = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(change, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
