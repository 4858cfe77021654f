package io.twintrack.node.nbd;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import static io.twintrack.node.nbd.RawClient.attach;
import static io.twintrack.node.nbd.RawClient.goData;
import static io.twintrack.node.nbd.RawClient.requestBytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Clients that break off, stall, or talk nonsense: they harm themselves alone. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileClientTest {
    private static final int MIB = 1 << 20;

    static Stream<Setup> setups() {
        return Setup.all();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aWrongMagicEndsTheConnection(final Setup setup) throws IOException {
        try (Host host = setup.builder().start()) {
            for (final boolean behindWrites : new boolean[]{false, true}) {
                try (RawClient client = attach(setup.address(host), "vol0", true)) {
                    for (int i = 0; behindWrites && i < 3; i++) {
                        client.write(0, 1, 0, new byte[4096]);
                        assertEquals(0, client.readError());
                    }
                    client.write(new byte[4096 + 28]);
                    assertTrue(client.isEnded());
                }
            }
            host.awaitIdle();
            assertEquals(2, host.count(NbdCounter.PROTOCOL_VIOLATIONS));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aPayloadFarTooLongEndsTheConnection(final Setup setup) throws IOException {
        try (Host host = setup.builder().start(); RawClient client = attach(setup.address(host), "vol0", true)) {
            client.request(Nbd.CMD_WRITE, 0, 1, 0, 0xFFFF_FE00L);
            assertTrue(client.isEnded());
            host.awaitIdle();
            assertEquals(1, host.count(NbdCounter.PROTOCOL_VIOLATIONS));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void streamsCutAnywhereLeakNothing(final Setup setup) throws IOException {
        try (Host host = setup.builder().start()) {
            final byte[] session = session();
            for (int cut = 0; cut <= session.length; cut += cut < 200 ? 7 : 997) {
                try (RawClient client = new RawClient(setup.address(host))) {
                    client.write(ByteBuffer.wrap(session, 0, cut));
                    if (cut % 2 == 0) {
                        client.shutdownOutput();
                        assertTrue(client.isEnded());
                    }
                }
            }
            host.awaitIdle();
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aValidSessionByteByByte(final Setup setup) throws IOException {
        try (Host host = setup.builder().start(); RawClient client = new RawClient(setup.address(host))) {
            for (final byte b : session()) {
                client.write(new byte[]{b});
            }
            assertTrue(client.isEnded());
            host.awaitIdle();
            assertEquals(2, host.count(NbdCounter.WRITES));
            assertEquals(1, host.count(NbdCounter.READS));
            assertEquals(1, host.count(NbdCounter.DISCONNECTS));
            assertEquals(0, host.count(NbdCounter.CONNECTIONS_DROPPED));
            assertEquals((byte) 9, host.volume().memory().getByte(4096 + 1535));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void clientsThatDropWithRequestsInFlightLoseTheirSlotsOnlyWhenTheVolumeIsDone(final Setup setup)
        throws IOException {
        try (Host host = setup.builder().start()) {
            host.volume().held = true;
            try (RawClient client = attach(setup.address(host), "vol0", true)) {
                client.write(0, 1, 0, new byte[128 * 1024]);
                client.request(Nbd.CMD_READ, 0, 2, 0, 128 * 1024);
                client.write(new byte[28]);
                Host.await("requests in the volume", () -> host.volume().inFlight == 4);
                assertTrue(client.isEnded());
            }
            Host.await("violation counted", () -> host.count(NbdCounter.CONNECTIONS_DROPPED) == 1);
            assertEquals(1, host.count(NbdCounter.CONNECTIONS_OPEN));
            assertTrue(host.slotsFree() <= host.slotCount() - 4);
            host.volume().held = false;
            host.awaitIdle();
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void oneThatStopsWithinAPayloadOrNeverReadsHangsNobodyElse(final Setup setup) throws IOException {
        final NbdOptions options = NbdOptions.DEFAULT.withMaxConnections(8);
        final List<RawClient> bad = new ArrayList<>();
        try (Host host = setup.builder().options(options).start()) {
            for (int i = 0; i < 3; i++) {
                final RawClient stopped = attach(setup.address(host), "vol0", true);
                stopped.request(Nbd.CMD_WRITE, 0, 1, 0, 32 * MIB);
                stopped.write(new byte[MIB + 100]);
                bad.add(stopped);
                final RawClient deaf = attach(setup.address(host), "vol0", i != 0);
                for (int j = 0; j < 100; j++) {
                    deaf.request(Nbd.CMD_READ, 0, j, 0, 32 * MIB);
                }
                bad.add(deaf);
            }
            Host.await("the deaf ones wait for slots", () -> host.count(NbdCounter.SLOT_WAITS) > 0);
            try (RawClient good = attach(setup.address(host), "vol0", true)) {
                goodWork(good);
            }
            for (final RawClient client : bad) {
                client.close();
            }
            host.awaitIdle();
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aDeafClientDoesNotKeepTheServerFromStopping(final Setup setup) throws IOException {
        try (Host host = setup.builder().options(NbdOptions.DEFAULT.withStopTimeoutNs(100_000_000)).start();
             RawClient deaf = attach(setup.address(host), "vol0", true)) {
            for (int i = 0; i < 50; i++) {
                deaf.request(Nbd.CMD_READ, 0, i, 0, 32 * MIB);
            }
            Host.await("it waits for slots", () -> host.count(NbdCounter.SLOT_WAITS) > 0);
            host.stop();
            Host.await("drained", host::isDrained);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void noiseHarmsNobody(final Setup setup) throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (Host host = setup.builder().start(); RawClient good = attach(setup.address(host), "vol0", true)) {
            final byte[] session = session();
            for (int round = 0; round < 150; round++) {
                try (RawClient client = new RawClient(setup.address(host))) {
                    client.write(noise(random, session));
                    client.shutdownOutput();
                    client.isEnded();
                } catch (final IOException reset) {
                    // The server has hung up in the middle of the noise.
                    host.checkAlive();
                }
            }
            assertEquals(512, good.readData(0, 0, 512).length, "seed " + seed);
            Host.await("seed " + seed + ": all gone", () -> host.count(NbdCounter.CONNECTIONS_OPEN) == 1);
        }
    }

    /** A session with some bytes changed, or noise behind a valid beginning. */
    private static byte[] noise(final Random random, final byte[] session) {
        final byte[] bytes = session.clone();
        if (random.nextBoolean()) {
            for (int i = random.nextInt(8); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
        } else {
            final byte[] tail = new byte[random.nextInt(bytes.length)];
            random.nextBytes(tail);
            System.arraycopy(tail, 0, bytes, bytes.length - tail.length, tail.length);
        }
        return bytes;
    }

    private static void goodWork(final RawClient good) throws IOException {
        final byte[] data = new byte[MIB];
        for (int i = 0; i < 50; i++) {
            java.util.Arrays.fill(data, (byte) i);
            good.write(0, i, 32L * MIB, data);
            assertEquals(0, good.readError());
            assertArrayEquals(data, good.readData(0, 32L * MIB, MIB));
        }
    }

    /** Flags, options, two writes of which one is odd, a read, the end: it does not depend on the replies. */
    private static byte[] session() {
        final byte[] payload = new byte[1536];
        java.util.Arrays.fill(payload, (byte) 9);
        return ByteBuffer.allocate(4 + 16 + 16 + 10 + 28 + 4096 + 28 + 1536 + 28 + 28)
            .putInt(RawClient.FIXED_NO_ZEROES)
            .put(RawClient.optionBytes(Nbd.OPT_STRUCTURED_REPLY, new byte[0]))
            .put(RawClient.optionBytes(Nbd.OPT_GO, goData("vol0")))
            .put(requestBytes(Nbd.CMD_WRITE, 0, 1, 0, 4096)).put(new byte[4096])
            .put(requestBytes(Nbd.CMD_WRITE, Nbd.CMD_FLAG_FUA, 2, 4096, 1536)).put(payload)
            .put(requestBytes(Nbd.CMD_READ, 0, 3, 0, 4096))
            .put(requestBytes(Nbd.CMD_DISC, 0, 4, 0, 0)).array();
    }
}
