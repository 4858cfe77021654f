package io.twintrack.node.e2e;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

/** Replication at the ends of the range of datagram lengths and between. */
class MtuTest {
    @TempDir(factory = WorkFolder.class)
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1408, 1472, 8192, 65504})
    void fioReadsBackWhatItWrote(final int mtu) {
        Tool.assumeInstalled("fio", "cmp");
        try (Pair pair = new Pair(folder).size(16 << 20).link("mtu", mtu).start()) {
            pair.verify(mtu, 30);
            pair.stopAndCompare();
        }
    }
}
