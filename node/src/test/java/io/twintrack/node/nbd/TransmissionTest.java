package io.twintrack.node.nbd;

import io.twintrack.engine.Status;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import static io.twintrack.node.nbd.RawClient.attach;
import static io.twintrack.node.nbd.RawClient.goData;
import static io.twintrack.node.nbd.RawClient.last;
import static io.twintrack.node.nbd.RawClient.metaData;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransmissionTest {
    private static final int MIB = 1 << 20;

    static Stream<Setup> setups() {
        return Setup.all();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void writesReadBackInAllSizesAndReplyForms(final Setup setup) throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (Host host = setup.builder().start()) {
            for (final boolean structured : new boolean[]{true, false}) {
                try (RawClient client = attach(setup.address(host), "vol0", structured)) {
                    for (final int length : new int[]{512, 4096, 4608, 65536, 66048, 200 * 1024, MIB, 32 * MIB}) {
                        final byte[] data = new byte[length];
                        random.nextBytes(data);
                        client.write(0, 5, 1024, data);
                        assertEquals(0, client.readError(), "seed " + seed);
                        assertArrayEquals(data, client.readData(0, 1024, length), "seed " + seed);
                    }
                }
            }
            host.awaitIdle();
            assertEquals(0, host.count(NbdCounter.CONNECTIONS_DROPPED));
        }
    }

    /** The volume is not done with the slots of what it has answered: nothing else may be received into them. */
    @ParameterizedTest
    @MethodSource("setups")
    void answersComeBeforeTheEndAndSlotsAfterIt(final Setup setup) throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final int length = 8192;
        try (Host host = setup.builder().start(); RawClient client = attach(setup.address(host), "vol0", true)) {
            final MemoryVolume volume = host.volume();
            volume.early = true;
            for (int round = 0; round < 30; round++) {
                volume.held = true;
                volume.delayCycles = random.nextInt(3);
                volume.reversed = random.nextBoolean();
                final byte[][] data = new byte[3][length];
                for (int i = 0; i < data.length; i++) {
                    random.nextBytes(data[i]);
                    client.write(0, i, (long) i * length, data[i]);
                    assertEquals(0, client.readError(), "seed " + seed);
                }
                client.write(RawClient.requestBytes(Nbd.CMD_FLUSH, 0, 9, 0, 0));
                assertEquals(0, client.readError(), "seed " + seed);
                assertEquals(data.length + 1, volume.inFlight, "answered, and not done");
                volume.held = false;
                Host.await("the volume is done", () -> volume.inFlight == 0);
                for (int i = 0; i < data.length; i++) {
                    assertArrayEquals(data[i], client.readData(0, (long) i * length, length), "seed " + seed);
                }
            }
            assertEquals(0, host.count(NbdCounter.CONNECTIONS_DROPPED));
        }
    }

    /** A client that is gone after its answer leaves its slots behind until the volume is done. */
    @ParameterizedTest
    @MethodSource("setups")
    void slotsComeBackAfterAClientThatLeftEarly(final Setup setup) throws IOException {
        try (Host host = setup.builder().start()) {
            host.volume().early = true;
            host.volume().held = true;
            final byte[] data = new byte[4096];
            new Random(5).nextBytes(data);
            try (RawClient client = attach(setup.address(host), "vol0", true)) {
                client.write(0, 1, 0, data);
                assertEquals(0, client.readError());
            }
            try (RawClient other = attach(setup.address(host), "vol0", true)) {
                for (int i = 1; i <= 3; i++) {
                    other.write(0, i, i * 4096L, new byte[4096]);
                    assertEquals(0, other.readError());
                }
                host.volume().held = false;
                Host.await("the volume is done", () -> host.volume().inFlight == 0);
                assertArrayEquals(data, other.readData(0, 0, data.length));
            }
            host.awaitIdle();
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void manyRequestsAtOnceWithAVolumeThatHesitates(final Setup setup) throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (Host host = setup.builder().start(); RawClient client = attach(setup.address(host), "vol0", true)) {
            host.volume().delayCycles = 3;
            host.volume().reversed = true;
            host.volume().refuseEvery = 3;
            for (int round = 0; round < 20; round++) {
                final int count = 60;
                final byte[][] data = new byte[count][];
                final ByteBuffer stream = ByteBuffer.allocate(2 * count * (28 + 16384));
                final Set<Long> expected = new HashSet<>();
                for (int i = 0; i < count; i++) {
                    // Equal lengths, so that predictions hold, and now and then another one or a flush in between.
                    data[i] = new byte[random.nextInt(8) == 0 ? 512 * (1 + random.nextInt(32)) : 4096];
                    random.nextBytes(data[i]);
                    expected.add((long) i);
                    stream.put(RawClient.requestBytes(Nbd.CMD_WRITE, 0, i, i * 16384L, data[i].length)).put(data[i]);
                    if (random.nextInt(10) == 0) {
                        expected.add(1000L + i);
                        stream.put(RawClient.requestBytes(Nbd.CMD_FLUSH, 0, 1000 + i, 0, 0));
                    }
                }
                client.write(stream.flip());
                while (!expected.isEmpty()) {
                    final RawClient.Chunk reply = client.readChunk(0);
                    assertEquals(0, reply.failure(), "seed " + seed);
                    assertTrue(expected.remove(reply.cookie()), "seed " + seed);
                }
                for (int i = 0; i < count; i++) {
                    assertArrayEquals(data[i], client.readData(0, i * 16384L, data[i].length), "seed " + seed);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void flagsReachTheVolume(final Setup setup) throws IOException {
        try (Host host = setup.builder().volume("vol0", MIB).export(true, new Allocation()).start();
             RawClient client = attach(setup.address(host), "vol0", true)) {
            final MemoryVolume volume = host.volume();
            client.write(Nbd.CMD_FLAG_FUA, 1, 0, filled(70 * 1024));
            assertEquals(0, client.readError());
            assertEquals(2, volume.durableWrites);
            client.write(0, 1, 0, filled(512));
            assertEquals(0, client.readError());
            assertEquals(2, volume.durableWrites);
            assertEquals(0, command(client, Nbd.CMD_FLUSH, 0, 0, 0));
            assertEquals(1, volume.flushes);
            assertEquals(0, command(client, Nbd.CMD_TRIM, Nbd.CMD_FLAG_FUA, 0, 4096));
            assertEquals(1, volume.deallocations);
            assertEquals(0, command(client, Nbd.CMD_WRITE_ZEROES, Nbd.CMD_FLAG_NO_HOLE, 4096, 4096));
            assertEquals(1, volume.deallocations);
            assertEquals(0, command(client, Nbd.CMD_WRITE_ZEROES, Nbd.CMD_FLAG_FAST_ZERO, 8192, 4096));
            assertEquals(2, volume.deallocations);
            assertEquals(3, volume.zeroes);
            assertEquals(0, command(client, Nbd.CMD_CACHE, 0, 0, 4096));
            assertArrayEquals(new byte[12288], client.readData(Nbd.CMD_FLAG_FUA, 0, 12288));
            assertArrayEquals(Arrays.copyOfRange(filled(70 * 1024), 12288, 12800), client.readData(0, 12288, 512));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void requestsThatAreWrongGetTheRightErrorAndTheNextOneIsFine(final Setup setup) throws IOException {
        try (Host host = setup.builder().volume("vol0", MIB).start()) {
            for (final boolean structured : new boolean[]{true, false}) {
                try (RawClient client = attach(setup.address(host), "vol0", structured)) {
                    assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_READ, 0, MIB, 512));
                    assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_READ, 0, -512, 512));
                    assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_READ, 0, Long.MIN_VALUE, 512));
                    assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_READ, 0, 100, 512));
                    assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_READ, 0, 0, 100));
                    assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_READ, 0, 0, 0));
                    assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_READ, Nbd.CMD_FLAG_NO_HOLE, 0, 512));
                    assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_READ, 0, 0, 0xFFFF_FE00L));
                    assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_TRIM, 0, MIB - 512, 1024));
                    assertEquals(Nbd.ENOSPC, command(client, Nbd.CMD_WRITE_ZEROES, 0, MIB, 512));
                    assertEquals(Nbd.ENOTSUP, command(client, Nbd.CMD_WRITE_ZEROES, Nbd.CMD_FLAG_FAST_ZERO, 0, 512));
                    assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_FLUSH, 0, 512, 512));
                    assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_BLOCK_STATUS, 0, 0, 512));
                    assertEquals(Nbd.EINVAL, command(client, 8, 0, 0, 512));
                    assertEquals(Nbd.EINVAL, command(client, 0xFFFF, 0, 0, 512));
                    assertWriteFails(client, Nbd.ENOSPC, 0, MIB - 512, 1024);
                    assertWriteFails(client, Nbd.ENOSPC, 0, -1L << 9, 70_000 & ~511);
                    assertWriteFails(client, Nbd.EINVAL, 0, 100, 512);
                    assertWriteFails(client, Nbd.EINVAL, 0, 0, 1000);
                    assertWriteFails(client, Nbd.EINVAL, 0, 0, 0);
                    assertWriteFails(client, Nbd.EINVAL, Nbd.CMD_FLAG_DF, 0, 512);
                    assertWriteFails(client, Nbd.EINVAL, 0, 0, 33 * MIB);
                    assertEquals(structured ? Nbd.EOVERFLOW : Nbd.EINVAL,
                        command(client, Nbd.CMD_READ, Nbd.CMD_FLAG_DF, 0, MIB));
                    assertArrayEquals(new byte[512], client.readData(0, 0, 512));
                }
            }
            assertEquals(0, host.volume().writes);
            assertEquals(0, host.count(NbdCounter.PROTOCOL_VIOLATIONS));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void unfragmentedReadsComeInOneChunk(final Setup setup) throws IOException {
        try (Host host = setup.builder().slots(16 * 1024, 256).start();
             RawClient client = attach(setup.address(host), "vol0", true)) {
            host.volume().delayCycles = 2;
            host.volume().reversed = true;
            final byte[] data = filled(64 * 1024);
            client.write(0, 1, 512, data);
            assertEquals(0, client.readError());
            client.request(Nbd.CMD_READ, Nbd.CMD_FLAG_DF, 9, 512, data.length);
            final List<RawClient.Chunk> chunks = client.readChunks(0);
            assertEquals(1, chunks.size());
            assertArrayEquals(data, Arrays.copyOfRange(chunks.get(0).data(), 8, 8 + data.length));
            client.request(Nbd.CMD_READ, 0, 9, 512, data.length);
            assertEquals(4, client.readChunks(0).size());
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void blockStatus(final Setup setup) throws IOException {
        try (Host host = setup.builder().volume("vol0", 8 * MIB)
            .export(false, new Allocation(), new DirtyEvenTracks()).start();
             RawClient client = new RawClient(setup.address(host))) {
            client.greet(RawClient.FIXED_NO_ZEROES);
            client.expectAck(Nbd.OPT_STRUCTURED_REPLY, new byte[0]);
            client.expectAck(Nbd.OPT_SET_META_CONTEXT, metaData("vol0", "qemu:dirty-bitmap:even", "base:allocation"));
            client.expectAck(Nbd.OPT_GO, goData("vol0"));
            client.request(Nbd.CMD_BLOCK_STATUS, 0, 3, 2048, 8192);
            final List<RawClient.Chunk> chunks = client.readChunks(0);
            assertEquals(2, chunks.size());
            assertArrayEquals(new int[]{1, 8192, 0}, ints(chunks.get(0)));
            assertArrayEquals(new int[]{2, 2048, 1, 4096, 0, 2048, 1}, ints(chunks.get(1)));
            client.request(Nbd.CMD_BLOCK_STATUS, Nbd.CMD_FLAG_REQ_ONE, 3, 2048, 8192);
            assertArrayEquals(new int[]{2, 2048, 1}, ints(client.readChunks(0).get(1)));
            client.request(Nbd.CMD_BLOCK_STATUS, 0, 3, 0, 8 * MIB);
            assertEquals(1 + 2 * Replies.MAX_EXTENTS, ints(client.readChunks(0).get(1)).length);
            assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_BLOCK_STATUS, 0, 8 * MIB, 512));
        }
    }

    /** Payloads of writes like the last one are received where they stay; what comes instead is found out. */
    @ParameterizedTest
    @MethodSource("setups")
    void writesOfOneLengthAreForeseenAndOtherRequestsAreNot(final Setup setup) throws IOException {
        try (Host host = setup.builder().volume("vol0", 8 * MIB).start();
             RawClient client = RawClient.attach(setup.address(host), "vol0", true)) {
            final byte[] payload = filled(4096);
            for (int i = 0; i < 20; i++) {
                client.write(0, i, 4096L * i, payload);
                assertEquals(0, client.readError());
            }
            assertTrue(host.count(NbdCounter.PREDICTED_WRITES) >= 15, host.count(NbdCounter.PREDICTED_WRITES) + " of 20");
            final long wrong = host.count(NbdCounter.MISPREDICTIONS);
            client.write(0, 30, 1 << 20, Arrays.copyOf(payload, 512));
            assertEquals(0, client.readError());
            client.request(Nbd.CMD_READ, 0, 31, 4096 * 19, 4096);
            assertArrayEquals(payload, Arrays.copyOfRange(client.readChunks(4096).get(0).data(), 8, 8 + 4096));
            assertTrue(host.count(NbdCounter.MISPREDICTIONS) > wrong, "nothing else was noticed");
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void contextsOfAnotherExportDoNotCount(final Setup setup) throws IOException {
        try (Host host = setup.builder().volume("a", MIB).volume("b", MIB).start();
             RawClient client = new RawClient(setup.address(host))) {
            client.greet(RawClient.FIXED_NO_ZEROES);
            client.expectAck(Nbd.OPT_STRUCTURED_REPLY, new byte[0]);
            client.expectAck(Nbd.OPT_SET_META_CONTEXT, metaData("a", "base:allocation"));
            client.expectAck(Nbd.OPT_GO, goData("b"));
            assertEquals(Nbd.EINVAL, command(client, Nbd.CMD_BLOCK_STATUS, 0, 0, 512));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void errorsOfTheVolumeReachTheClient(final Setup setup) throws IOException {
        final Object[][] expected = {{Status.IO_ERROR, Nbd.EIO}, {Status.NO_SPACE, Nbd.ENOSPC},
            {Status.READ_ONLY, Nbd.EPERM}, {Status.PEER_LOST, Nbd.EIO}, {Status.STOPPING, Nbd.ESHUTDOWN},
            {Status.INVALID, Nbd.EINVAL}};
        try (Host host = setup.builder().start()) {
            host.volume().failOffset = 300 * 1024;
            for (final boolean structured : new boolean[]{true, false}) {
                try (RawClient client = attach(setup.address(host), "vol0", structured)) {
                    for (final Object[] pair : expected) {
                        host.volume().failsAtOnce = !host.volume().failsAtOnce;
                        host.volume().failure = (Status) pair[0];
                        assertWriteFails(client, (int) pair[1], 0, 0, MIB);
                        assertEquals(pair[1], readError(client, 200 * 1024));
                        assertEquals(pair[1], command(client, Nbd.CMD_WRITE_ZEROES, 0, 0, MIB));
                        assertEquals(0, command(client, Nbd.CMD_FLUSH, 0, 0, 0));
                    }
                    assertArrayEquals(new byte[512], client.readData(0, 2 * MIB, 512));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aLongSimpleReadThatFailsLateEndsTheConnection(final Setup setup) throws IOException {
        try (Host host = setup.builder().start()) {
            try (RawClient client = attach(setup.address(host), "vol0", false)) {
                host.volume().failOffset = 30 * MIB;
                client.request(Nbd.CMD_READ, 0, 1, 0, 32 * MIB);
                assertThrows(IOException.class, () -> client.readChunk(32 * MIB));
            }
            host.awaitIdle();
            assertEquals(1, host.count(NbdCounter.CONNECTIONS_DROPPED));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void longSimpleReadsDoNotMixWithOtherReplies(final Setup setup) throws IOException {
        try (Host host = setup.builder().start(); RawClient client = attach(setup.address(host), "vol0", false)) {
            host.volume().delayCycles = 2;
            host.volume().reversed = true;
            final byte[] data = filled(8 * MIB);
            client.write(0, 1, 0, data);
            assertEquals(0, client.readError());
            client.request(Nbd.CMD_READ, 0, 1, 0, 4096);
            client.request(Nbd.CMD_READ, 0, 2, 0, 8 * MIB);
            client.request(Nbd.CMD_READ, 0, 3, 4096, 4096);
            client.request(Nbd.CMD_READ, 0, 4, 0, 8 * MIB);
            final int[] lengths = {4096, 8 * MIB, 4096, 8 * MIB};
            for (int i = 0; i < 4; i++) {
                final RawClient.Chunk reply = client.readChunk(lengths[i]);
                assertEquals(i + 1, reply.cookie());
                final int from = i == 2 ? 4096 : 0;
                assertArrayEquals(Arrays.copyOfRange(data, from, from + lengths[i]), reply.data());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void disconnectFinishesWhatIsInFlight(final Setup setup) throws IOException {
        try (Host host = setup.builder().start(); RawClient client = attach(setup.address(host), "vol0", true)) {
            host.volume().delayCycles = 50;
            client.write(0, 1, 0, filled(128 * 1024));
            client.request(Nbd.CMD_DISC, 0, 2, 0, 0);
            assertEquals(0, client.readError());
            assertTrue(client.isEnded());
            host.awaitIdle();
            assertEquals(0, host.count(NbdCounter.CONNECTIONS_DROPPED));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void stopFinishesWhatIsInFlightAndRefusesTheRest(final Setup setup) throws IOException {
        try (Host host = setup.builder().start(); RawClient client = attach(setup.address(host), "vol0", true);
             RawClient half = attach(setup.address(host), "vol0", true)) {
            host.volume().held = true;
            client.write(0, 1, 0, filled(4096));
            half.request(Nbd.CMD_WRITE, 0, 1, 8192, 4096);
            Host.await("write in the volume", () -> host.volume().inFlight == 1);
            host.stop();
            Host.await("half handshake gone", () -> host.count(NbdCounter.CONNECTIONS_OPEN) == 1);
            client.write(0, 2, 4096, filled(4096));
            final RawClient.Chunk refused = client.readChunk(0);
            assertEquals(2, refused.cookie());
            assertEquals(Nbd.ESHUTDOWN, refused.failure());
            host.volume().held = false;
            final RawClient.Chunk done = client.readChunk(0);
            assertEquals(1, done.cookie());
            assertEquals(0, done.failure());
            assertTrue(client.isEnded());
            Host.await("drained", host::isDrained);
            assertEquals(1, host.volume().writes);
        }
    }

    private static int readError(final RawClient client, final int offset) throws IOException {
        client.request(Nbd.CMD_READ, 0, 6, offset, 256 * 1024);
        return last(client.readChunks(256 * 1024)).failure();
    }

    private static int command(final RawClient client, final int command, final int flags, final long offset,
                               final long length) throws IOException {
        client.request(command, flags, 4, offset, length);
        return client.readError();
    }

    private static void assertWriteFails(final RawClient client, final int error, final int flags,
                                         final long offset, final int length) throws IOException {
        client.write(flags, 8, offset, filled(length));
        assertEquals(error, client.readError());
    }

    private static int[] ints(final RawClient.Chunk chunk) {
        final int[] values = new int[chunk.data().length / 4];
        chunk.buffer().asIntBuffer().get(values);
        return values;
    }

    private static byte[] filled(final int length) {
        final byte[] data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (i / 512 + i);
        }
        return data;
    }
}
