package io.twintrack.transport.aeron;

import java.util.ArrayList;
import java.util.List;

/** Collects everything that is wrong with a set of options, so that one look at the message is enough. */
final class Problems {
    private final List<String> problems = new ArrayList<>();

    /** @param allowed what the value should have been, for instance "1408 to 65504 bytes". */
    void require(final boolean holds, final String option, final Object value, final String allowed) {
        if (!holds) {
            problems.add(option + " is " + value + ", allowed is " + allowed);
        }
    }

    void requireRange(final String option, final long value, final long least, final long most, final String unit) {
        require(value >= least && value <= most, option, value, least + " to " + most + " " + unit);
    }

    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }
}
