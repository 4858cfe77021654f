package io.twintrack.node.nbd;

import java.util.Arrays;
import java.util.List;

/** All that a server offers, found by name. */
final class Exports {
    private Export[] exports = new Export[0];

    Exports(final List<Export> exports) {
        exports.forEach(this::add);
    }

    /** @throws IllegalArgumentException when another one has its name. */
    void add(final Export added) {
        for (final Export export : exports) {
            if (Arrays.equals(export.name(), added.name())) {
                throw new IllegalArgumentException("two exports are named " + added.volume().name());
            }
        }
        exports = Arrays.copyOf(exports, exports.length + 1);
        exports[exports.length - 1] = added;
    }

    /** @return {@code null} when there is none of this name. */
    Export remove(final String name) {
        for (int i = 0; i < exports.length; i++) {
            if (exports[i].volume().name().equals(name)) {
                final Export removed = exports[i];
                final Export[] rest = Arrays.copyOf(exports, exports.length - 1);
                System.arraycopy(exports, i + 1, rest, i, rest.length - i);
                exports = rest;
                return removed;
            }
        }
        return null;
    }

    List<Export> all() {
        return List.of(exports);
    }

    int count() {
        return exports.length;
    }

    Export get(final int index) {
        return exports[index];
    }

    /** @return the export whose name stands in the input, the only one for the empty name, or {@code null}. */
    Export find(final Input in, final int offset, final int length) {
        for (final Export export : exports) {
            if (in.matches(offset, length, export.name())) {
                return export;
            }
        }
        return length == 0 && exports.length == 1 ? exports[0] : null;
    }
}
