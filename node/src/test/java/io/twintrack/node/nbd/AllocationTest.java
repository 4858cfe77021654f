package io.twintrack.node.nbd;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Requests cost no garbage on the HBA's thread. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AllocationTest {
    private static final int REQUESTS = 3_000;
    /** A busy machine compiles late: what a request costs is counted in every round. */
    private static final int MOST_ROUNDS = 20;
    /** For the JVM's own needs: far less than one object per request. */
    private static final long TOLERANCE = REQUESTS * 4L;

    static Stream<Setup> setups() {
        return Setup.all();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void noneForEachRequest(final Setup setup) throws IOException {
        try (Host host = setup.builder().start();
             RawClient client = RawClient.attach(setup.address(host), "vol0", true)) {
            final byte[] payload = new byte[4096];
            long least = Long.MAX_VALUE;
            for (int round = 0; round < MOST_ROUNDS && least >= TOLERANCE; round++) {
                final long before = host.allocatedBytes();
                work(client, payload, REQUESTS);
                least = Math.min(least, host.allocatedBytes() - before);
            }
            assertTrue(least < TOLERANCE, least + " bytes for " + REQUESTS + " requests");
        }
    }

    private static void work(final RawClient client, final byte[] payload, final int requests) throws IOException {
        for (int i = 0; i < requests / 3; i++) {
            client.write(0, 1, 4096L * (i % 1000), payload);
            assertEquals(0, client.readError());
            client.request(Nbd.CMD_READ, 0, 1, 4096L * (i % 1000), 4096);
            assertEquals(1, client.readChunks(4096).size());
            client.request(i % 2 == 0 ? Nbd.CMD_FLUSH : Nbd.CMD_CACHE, 0, 1, 0, i % 2 == 0 ? 0 : 512);
            assertEquals(0, client.readError());
        }
    }
}
