package io.twintrack.node.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What only one may have: names, ports, and the bytes of a disk. */
final class Claims {
    private final Set<String> taken = new HashSet<>();
    private final List<ExtentConfig> extents = new ArrayList<>();

    /** Reports the value of the key when another of its kind has it already. */
    void claim(final String kind, final Object value, final Section section, final String key) {
        if (value != null && !taken.add(kind + ' ' + value)) {
            section.reject(key, "must be a " + kind + " of its own; this one is taken further up");
        }
    }

    /** Reports the extent when it lies on bytes that belong to another one. */
    void claim(final ExtentConfig extent, final Section section) {
        if (extents.stream().anyMatch(extent::overlaps)) {
            section.reject("path", "overlaps another extent: bytes " + extent.offset() + " to "
                + (extent.offset() + extent.length() - 1) + " must belong to this one alone");
        }
        if (extents.stream().anyMatch(extent::differsInType)) {
            section.reject("type", "must be the same for all extents of one disk");
        }
        extents.add(extent);
    }
}
