package io.twintrack.bench.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.function.Function;

/** A column of the table: one number of a {@link Sample}. A new column is a new constant. */
public enum Measure {
    IOPS("IOPS", "%,.0f", Sample::iops),
    THROUGHPUT("MB/s", "%,.1f", sample -> sample.bytesPerSecond() / 1e6),
    P50("p50 us", "%,.1f", Sample::p50Micros),
    P99("p99 us", "%,.1f", Sample::p99Micros),
    CPU("CPU us/op", "%,.1f", Sample::cpuMicros);

    private final String title;
    private final String format;
    private final Function<Sample, Double> value;

    Measure(final String title, final String format, final Function<Sample, Double> value) {
        this.title = title;
        this.format = format;
        this.value = value;
    }

    @JsonValue
    public String title() {
        return title;
    }

    /** @return null if the sample has no such number. */
    Double of(final Sample sample) {
        return value.apply(sample);
    }

    String show(final double number) {
        return String.format(Locale.ROOT, format, number);
    }
}
