package io.twintrack.sata;

import java.util.ArrayList;
import java.util.List;

/**
 * How a disk says it is. A number that the disk does not tell is {@link #UNKNOWN}.
 *
 * @param verdict            of SMART RETURN STATUS.
 * @param temperature        in degrees Celsius.
 * @param reallocatedSectors replaced because they went bad.
 * @param pendingSectors     that could not be read and wait to be written or replaced.
 * @param crcErrors          transfers damaged on the cable.
 */
public record DiskHealth(
    DiskIdentity identity,
    Verdict verdict,
    long temperature,
    long powerOnHours,
    long powerCycles,
    long reallocatedSectors,
    long pendingSectors,
    long uncorrectableSectors,
    long crcErrors) {

    public static final long UNKNOWN = -1;

    /** What the disk foretells of itself. */
    public enum Verdict {
        PASSED, FAILING, UNKNOWN
    }

    /**
     * From when on a person should look at a disk; 0 never.
     *
     * @param temperature in degrees Celsius.
     */
    public record Thresholds(long temperature, long reallocatedSectors, long pendingSectors, long crcErrors) {
        public static final Thresholds DEFAULT = new Thresholds(60, 1, 1, 100);
    }

    /** What is to be told to a person: a sentence for each threshold that is reached. */
    public List<String> warnings(final Thresholds thresholds) {
        final List<String> warnings = new ArrayList<>();
        if (verdict == Verdict.FAILING) {
            warnings.add("the disk predicts that it will fail soon");
        }
        warn(warnings, "degrees Celsius", temperature, thresholds.temperature());
        warn(warnings, "reallocated sectors", reallocatedSectors, thresholds.reallocatedSectors());
        warn(warnings, "pending sectors", pendingSectors, thresholds.pendingSectors());
        warn(warnings, "CRC errors on the cable", crcErrors, thresholds.crcErrors());
        return warnings;
    }

    private static void warn(final List<String> warnings, final String what, final long value, final long threshold) {
        if (threshold > 0 && value >= threshold) {
            warnings.add(value + " " + what + ", the threshold is " + threshold);
        }
    }

    /** @return what the disk at this path tells now; without SMART all is unknown. */
    static DiskHealth read(final AtaDialogue dialogue) {
        final IdentifyData identify = dialogue.identify();
        final DiskIdentity identity = identify.identity();
        final boolean smart = identify.hasSmart() && identify.isSmartOn();
        final Boolean failing = smart ? dialogue.isSmartFailing() : null;
        final SmartData data = smart ? dialogue.smart() : null;
        final Verdict verdict = failing == null ? Verdict.UNKNOWN : failing ? Verdict.FAILING : Verdict.PASSED;
        return data == null ? unknown(identity, verdict) : of(identity, verdict, data);
    }

    static DiskHealth unknown(final DiskIdentity identity, final Verdict verdict) {
        return new DiskHealth(
            identity, verdict, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);
    }

    /** Some attributes carry more than their count: temperature has extremes above it, hours have minutes. */
    static DiskHealth of(final DiskIdentity identity, final Verdict verdict, final SmartData data) {
        final long celsius = data.raw(SmartData.TEMPERATURE);
        return new DiskHealth(identity, verdict,
            low(celsius == UNKNOWN ? data.raw(SmartData.AIRFLOW_TEMPERATURE) : celsius, 0xFF),
            low(data.raw(SmartData.POWER_ON_HOURS), 0xFFFF_FFFFL),
            low(data.raw(SmartData.POWER_CYCLES), 0xFFFF_FFFFL),
            low(data.raw(SmartData.REALLOCATED_SECTORS), 0xFFFF_FFFFL),
            low(data.raw(SmartData.PENDING_SECTORS), 0xFFFF_FFFFL),
            low(data.raw(SmartData.UNCORRECTABLE_SECTORS), 0xFFFF_FFFFL),
            low(data.raw(SmartData.INTERFACE_CRC_ERRORS), 0xFFFF_FFFFL));
    }

    private static long low(final long raw, final long mask) {
        return raw == UNKNOWN ? UNKNOWN : raw & mask;
    }
}
