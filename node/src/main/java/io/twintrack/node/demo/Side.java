package io.twintrack.node.demo;

import java.util.Locale;

/** The two nodes of the demo. */
public enum Side {
    ORIGIN, TARGET;

    /** As in folders, names and printed lines. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
