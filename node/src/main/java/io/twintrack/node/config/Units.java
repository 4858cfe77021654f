package io.twintrack.node.config;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Quantities as people write them: {@code 256 MiB}, {@code 1.5 s}. */
public final class Units {
    private static final Pattern QUANTITY = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([A-Za-z]+)?");
    private static final Map<String, Long> SIZES = ordered(
        "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40);
    private static final Map<String, Long> TIMES = ordered(
        "ns", 1L, "us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L, "min", 60_000_000_000L);

    private Units() {
    }

    /** @return bytes, or -1 when the text is no size. A number without a unit counts bytes. */
    public static long size(final String text) {
        return quantity(text, SIZES, 1L);
    }

    /** @return nanoseconds, or -1 when the text is no duration. Only 0 may stand without a unit. */
    public static long duration(final String text) {
        return text.strip().equals("0") ? 0 : quantity(text, TIMES, 0L);
    }

    /** The size in the largest unit that expresses it whole: {@code 256 KiB}. */
    public static String sizeText(final long bytes) {
        return text(bytes, SIZES);
    }

    /** The duration in the largest unit that expresses it whole: {@code 500 ms}. */
    public static String durationText(final long nanoseconds) {
        return text(nanoseconds, TIMES);
    }

    private static long quantity(final String text, final Map<String, Long> units, final long withoutUnit) {
        final Matcher matcher = QUANTITY.matcher(text.strip());
        if (!matcher.matches()) {
            return -1;
        }
        final long unit = matcher.group(2) == null ? withoutUnit : units.getOrDefault(matcher.group(2), 0L);
        return unit == 0 ? -1 : whole(new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)));
    }

    /** A quantity that is no whole number of bytes or nanoseconds, or does not fit into a long, is no quantity. */
    private static long whole(final BigDecimal amount) {
        try {
            return amount.longValueExact();
        } catch (final ArithmeticException e) {
            return -1;
        }
    }

    private static String text(final long amount, final Map<String, Long> units) {
        String best = amount + " " + units.keySet().iterator().next();
        for (final Map.Entry<String, Long> unit : units.entrySet()) {
            if (amount != 0 && amount % unit.getValue() == 0) {
                best = amount / unit.getValue() + " " + unit.getKey();
            }
        }
        return best;
    }

    private static Map<String, Long> ordered(final Object... namesAndFactors) {
        final Map<String, Long> units = new LinkedHashMap<>();
        for (int i = 0; i < namesAndFactors.length; i += 2) {
            units.put((String) namesAndFactors[i], (Long) namesAndFactors[i + 1]);
        }
        return units;
    }
}
