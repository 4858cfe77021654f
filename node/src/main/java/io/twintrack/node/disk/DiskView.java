package io.twintrack.node.disk;

import io.twintrack.sata.DiskHealth;
import io.twintrack.sata.SataBlockDevice;
import io.twintrack.sata.SataCounter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A disk of type sata as it stands in JSON; docs/CONTROL.md tells what each field means. What the disk does not tell,
 * or has not told yet, is {@code null}.
 */
public record DiskView(
    String path,
    String hba,
    String model,
    String serial,
    String wwn,
    String firmware,
    boolean gone,
    String smart,
    Long temperatureCelsius,
    Long powerOnHours,
    Long powerCycles,
    Long reallocatedSectors,
    Long pendingSectors,
    Long uncorrectableSectors,
    Long crcErrors,
    List<String> warnings,
    Map<String, Long> counters) {

    /** @param health {@code null} before the disk was asked. */
    static DiskView of(
        final String hba, final SataBlockDevice disk, final DiskHealth health, final List<String> warnings) {
        final DiskHealth known = health == null ? DiskHealth.unknown(disk.identity()) : health;
        return of(disk.path(), hba, disk.isGone(), known, warnings, counters(disk));
    }

    /** @param path by which it was opened. */
    public static DiskView of(final String path, final String hba, final boolean gone, final DiskHealth health,
        final List<String> warnings, final Map<String, Long> counters) {
        final long wwn = health.identity().wwn();
        return new DiskView(path, hba, health.identity().model(), health.identity().serial(),
            wwn == 0 ? null : String.format("%016x", wwn), health.identity().firmware(), gone,
            health.verdict().name().toLowerCase(Locale.ROOT), told(health.temperature()), told(health.powerOnHours()),
            told(health.powerCycles()), told(health.reallocatedSectors()), told(health.pendingSectors()),
            told(health.uncorrectableSectors()), told(health.crcErrors()), warnings, withGauges(counters, gone, health));
    }

    /** For whoever collects numbers and nothing else: what it counted, and how it is now, as far as it tells. */
    private static Map<String, Long> withGauges(
        final Map<String, Long> counters, final boolean gone, final DiskHealth health) {
        final Map<String, Long> all = new LinkedHashMap<>(counters);
        all.put("gone", gone ? 1L : 0L);
        if (health.verdict() != DiskHealth.Verdict.UNKNOWN) {
            all.put("smart-failing", health.verdict() == DiskHealth.Verdict.FAILING ? 1L : 0L);
        }
        gauge(all, "temperature-celsius", health.temperature());
        gauge(all, "power-on-hours", health.powerOnHours());
        gauge(all, "power-cycles", health.powerCycles());
        gauge(all, "reallocated-sectors", health.reallocatedSectors());
        gauge(all, "pending-sectors", health.pendingSectors());
        gauge(all, "uncorrectable-sectors", health.uncorrectableSectors());
        gauge(all, "crc-errors", health.crcErrors());
        return all;
    }

    private static void gauge(final Map<String, Long> all, final String name, final long value) {
        if (value != DiskHealth.UNKNOWN) {
            all.put(name, value);
        }
    }

    private static Long told(final long value) {
        return value == DiskHealth.UNKNOWN ? null : value;
    }

    private static Map<String, Long> counters(final SataBlockDevice disk) {
        final Map<String, Long> counters = new LinkedHashMap<>();
        for (final SataCounter counter : SataCounter.values()) {
            counters.put(counter.name().toLowerCase(Locale.ROOT).replace('_', '-'), disk.counters().get(counter));
        }
        return counters;
    }
}
