package io.twintrack.node.config;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class UnitsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0", "512, 512", "512 B, 512", "4KiB, 4096", "4 KiB, 4096", "256 MiB, 268435456", "1.5 GiB, 1610612736",
        "2 TiB, 2199023255552", "7999999 TiB, 8796091922696372224",
    })
    void readsSizes(final String text, final long bytes) {
        assertEquals(bytes, Units.size(text));
    }

    @ParameterizedTest
    @CsvSource({
        "''", "KiB", "-1", "4 kib", "4 KB", "4 M", "1.0001 KiB", "0.5 B", "4 KiB 3", "8388608 TiB", "0x10", "1e3",
            "NaN",
    })
    void refusesWhatIsNoSize(final String text) {
        assertEquals(-1, Units.size(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0", "500 ms, 500000000", "2 s, 2000000000", "2s, 2000000000", "50 us, 50000", "7 ns, 7",
            "1 min, 60000000000",
        "0.5 ms, 500000",
    })
    void readsDurations(final String text, final long nanoseconds) {
        assertEquals(nanoseconds, Units.duration(text));
    }

    @ParameterizedTest
    @CsvSource({"''", "500", "5 h", "1.5 ns", "-2 s", "2 S"})
    void refusesWhatIsNoDuration(final String text) {
        assertEquals(-1, Units.duration(text));
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "512, 512 B", "262144, 256 KiB", "268439552, 262148 KiB", "1073741824, 1 GiB"})
    void writesSizes(final long bytes, final String text) {
        assertEquals(text, Units.sizeText(bytes));
    }
}
