package io.twintrack.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything one run of the bench found out. Filled by the run, read by the table and the JSON file. */
public final class Results {
    private final List<Sample> samples = new ArrayList<>();
    private final Map<String, String> absent = new LinkedHashMap<>();
    private final Map<String, Long> checks = new LinkedHashMap<>();
    private final Map<String, Long> differences = new LinkedHashMap<>();

    public void add(final Sample sample) {
        samples.add(sample);
    }

    public List<Sample> samples() {
        return samples;
    }

    /**
     * @param reason why there are no numbers, or no more, of this system: {@code skipped: ...} or {@code failed: ...}.
     */
    public void absent(final String system, final String reason) {
        absent.put(system, reason);
    }

    /** System to reason. */
    public Map<String, String> absent() {
        return absent;
    }

    /** @param differing bytes of pages that differ between the two copies after a cell. */
    public void compared(final String system, final long differing) {
        checks.merge(system, 1L, Long::sum);
        differences.merge(system, differing, Long::sum);
    }

    /** How often both copies of a mirror were compared, by system. */
    public Map<String, Long> checks() {
        return checks;
    }

    /** Bytes of pages that differed in all these compares, by system. */
    public Map<String, Long> differences() {
        return differences;
    }

    /** Nothing failed and all copies that were compared are equal. */
    public boolean isSound() {
        return absent.values().stream().noneMatch(reason -> reason.startsWith("failed"))
            && differences.values().stream().allMatch(bytes -> bytes == 0);
    }
}
