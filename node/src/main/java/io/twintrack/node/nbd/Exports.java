package io.twintrack.node.nbd;

import java.util.Arrays;
import java.util.List;

/** All that a server offers, found by name. */
final class Exports {
    private final Export[] exports;

    Exports(final List<Export> exports) {
        this.exports = exports.toArray(new Export[0]);
        for (int i = 0; i < this.exports.length; i++) {
            for (int j = 0; j < i; j++) {
                if (Arrays.equals(this.exports[i].name(), this.exports[j].name())) {
                    throw new IllegalArgumentException(
                        "two exports are named " + this.exports[i].volume().name());
                }
            }
        }
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
