package io.twintrack.node.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong in a configuration, so that a person sees all of it at once. */
final class Problems {
    private final List<Problem> found = new ArrayList<>();

    void add(final int line, final String key, final String value, final String text) {
        found.add(new Problem(line, key, value, text));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** In the order of the file. */
    List<Problem> sorted() {
        return found.stream().sorted(Comparator.comparingInt(Problem::line)).toList();
    }
}
