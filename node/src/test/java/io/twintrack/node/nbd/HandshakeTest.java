package io.twintrack.node.nbd;

import io.twintrack.engine.Status;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static io.twintrack.node.nbd.RawClient.goData;
import static io.twintrack.node.nbd.RawClient.last;
import static io.twintrack.node.nbd.RawClient.metaData;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HandshakeTest {
    private static final byte[] NOTHING = new byte[0];

    static Stream<Setup> setups() {
        return Setup.all();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void tellsSizeFlagsAndBlockSizes(final Setup setup) throws IOException {
        try (Host host = setup.builder().volume("vol0", 1 << 20).start();
             RawClient client = new RawClient(setup.address(host))) {
            client.greet(RawClient.FIXED_NO_ZEROES);
            final List<RawClient.Option> plain = client.expectAck(Nbd.OPT_INFO, goData("vol0"));
            assertEquals(0, flagsOf(plain) & Nbd.FLAG_SEND_DF);
            client.expectAck(Nbd.OPT_STRUCTURED_REPLY, NOTHING);
            final List<RawClient.Option> info = client.expectAck(Nbd.OPT_INFO, goData("vol0", 1, 2, 3, 99));
            assertEquals(Nbd.FLAG_HAS_FLAGS | Nbd.FLAG_SEND_FLUSH | Nbd.FLAG_SEND_FUA | Nbd.FLAG_SEND_TRIM
                | Nbd.FLAG_SEND_WRITE_ZEROES | Nbd.FLAG_SEND_FAST_ZERO | Nbd.FLAG_CAN_MULTI_CONN
                | Nbd.FLAG_SEND_DF, flagsOf(info));
            assertEquals(1 << 20, info(info, Nbd.INFO_EXPORT).getLong());
            final ByteBuffer sizes = info(info, Nbd.INFO_BLOCK_SIZE);
            assertEquals(512, sizes.getInt());
            assertEquals(4096, sizes.getInt());
            assertEquals(32 << 20, sizes.getInt());
            assertEquals("vol0", StandardCharsets.UTF_8.decode(info(info, Nbd.INFO_NAME)).toString());
            assertEquals("memory volume vol0",
                StandardCharsets.UTF_8.decode(info(info, Nbd.INFO_DESCRIPTION)).toString());
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void listsExportsAndHasADefaultOnlyIfThereIsOne(final Setup setup) throws IOException {
        try (Host host = setup.builder().volume("a", 1 << 20).volume("b", 2 << 20).start();
             RawClient client = new RawClient(setup.address(host))) {
            client.greet(RawClient.FIXED_NO_ZEROES);
            final List<RawClient.Option> list = client.expectAck(Nbd.OPT_LIST, NOTHING);
            assertEquals(3, list.size());
            assertEquals("\0\0\0\1bmemory volume b", list.get(1).text());
            assertEquals(Nbd.REP_ERR_UNKNOWN, last(client.haggle(Nbd.OPT_INFO, goData(""))).type());
            assertEquals(Nbd.REP_ERR_UNKNOWN, last(client.haggle(Nbd.OPT_GO, goData("c"))).type());
            assertEquals(2 << 20, info(client.expectAck(Nbd.OPT_GO, goData("b")), Nbd.INFO_EXPORT).getLong());
        }
        try (Host host = setup.builder().volume("a", 1 << 20).start();
             RawClient client = RawClient.attach(setup.address(host), "", true)) {
            assertEquals(512, client.readData(0, 0, 512).length);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void exportNameWithAndWithoutZeroes(final Setup setup) throws IOException {
        try (Host host = setup.builder().volume("vol0", 1 << 20).start()) {
            for (final boolean zeroes : new boolean[]{true, false}) {
                try (RawClient client = new RawClient(setup.address(host))) {
                    client.greet(zeroes ? Nbd.FLAG_FIXED_NEWSTYLE : RawClient.FIXED_NO_ZEROES);
                    client.option(Nbd.OPT_EXPORT_NAME, "vol0".getBytes(StandardCharsets.UTF_8));
                    assertEquals(1 << 20, client.read(10).getLong());
                    assertArrayEquals(new byte[zeroes ? 124 : 0], client.read(zeroes ? 124 : 0).array());
                    assertEquals(512, client.readData(0, 0, 512).length);
                }
            }
            try (RawClient client = new RawClient(setup.address(host))) {
                client.greet(RawClient.FIXED_NO_ZEROES);
                client.option(Nbd.OPT_EXPORT_NAME, "nope".getBytes(StandardCharsets.UTF_8));
                assertTrue(client.isEnded());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void abortIsAcknowledgedAndEnds(final Setup setup) throws IOException {
        try (Host host = setup.builder().start(); RawClient client = new RawClient(setup.address(host))) {
            client.greet(RawClient.FIXED_NO_ZEROES);
            client.expectAck(Nbd.OPT_ABORT, new byte[5]);
            assertTrue(client.isEnded());
            host.awaitIdle();
            assertEquals(0, host.count(NbdCounter.CONNECTIONS_DROPPED));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void refusesWhatIsMalformedAndGoesOn(final Setup setup) throws IOException {
        try (Host host = setup.builder().start(); RawClient client = new RawClient(setup.address(host))) {
            client.greet(RawClient.FIXED_NO_ZEROES);
            assertRefused(client, Nbd.REP_ERR_UNSUP, Nbd.OPT_STARTTLS, NOTHING);
            assertRefused(client, Nbd.REP_ERR_UNSUP, 4711, new byte[100]);
            assertRefused(client, Nbd.REP_ERR_UNSUP, 11, NOTHING);
            assertRefused(client, Nbd.REP_ERR_INVALID, Nbd.OPT_LIST, new byte[1]);
            assertRefused(client, Nbd.REP_ERR_INVALID, Nbd.OPT_STRUCTURED_REPLY, new byte[1]);
            assertRefused(client, Nbd.REP_ERR_INVALID, Nbd.OPT_GO, new byte[5]);
            assertRefused(client, Nbd.REP_ERR_INVALID, Nbd.OPT_GO, ByteBuffer.allocate(6).putInt(1).array());
            assertRefused(client, Nbd.REP_ERR_INVALID, Nbd.OPT_GO, ByteBuffer.allocate(6).putInt(-1).array());
            assertRefused(client, Nbd.REP_ERR_INVALID, Nbd.OPT_INFO, ByteBuffer.allocate(7).array());
            assertRefused(client, Nbd.REP_ERR_INVALID, Nbd.OPT_INFO,
                ByteBuffer.allocate(6).putInt(0).putShort((short) -1).array());
            assertRefused(client, Nbd.REP_ERR_INVALID, Nbd.OPT_SET_META_CONTEXT, metaData("vol0", "base:allocation"));
            assertRefused(client, Nbd.REP_ERR_TOO_BIG, Nbd.OPT_LIST, new byte[Negotiation.MAX_OPTION + 1]);
            assertRefused(client, Nbd.REP_ERR_TOO_BIG, 4711, new byte[3 << 20]);
            client.expectAck(Nbd.OPT_GO, goData("vol0"));
            assertEquals(512, client.readData(0, 0, 512).length);
            assertEquals(13, host.count(NbdCounter.OPTIONS_REFUSED));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void metaContexts(final Setup setup) throws IOException {
        try (Host host = setup.builder().volume("vol0", 1 << 20)
            .export(false, new Allocation(), new DirtyEvenTracks()).start();
             RawClient client = new RawClient(setup.address(host))) {
            client.greet(RawClient.FIXED_NO_ZEROES);
            client.expectAck(Nbd.OPT_STRUCTURED_REPLY, NOTHING);
            final int list = Nbd.OPT_LIST_META_CONTEXT;
            final int set = Nbd.OPT_SET_META_CONTEXT;
            assertEquals(3, client.expectAck(list, metaData("vol0")).size());
            assertEquals(2, client.expectAck(list, metaData("", "base:")).size());
            assertEquals(2, client.expectAck(list, metaData("vol0", "qemu:dirty-bitmap:")).size());
            assertEquals(1, client.expectAck(list, metaData("vol0", "x-other:thing")).size());
            assertEquals(1, client.expectAck(set, metaData("vol0", "base:")).size());
            assertEquals(1, client.expectAck(set, metaData("vol0")).size());
            assertRefused(client, Nbd.REP_ERR_UNKNOWN, set, metaData("nope", "base:allocation"));
            assertRefused(client, Nbd.REP_ERR_INVALID, set, new byte[7]);
            assertRefused(client, Nbd.REP_ERR_INVALID, set, new byte[9]);
            assertRefused(client, Nbd.REP_ERR_INVALID, set, ByteBuffer.allocate(12).putInt(4, 1).putInt(8, 1).array());
            final List<RawClient.Option> selected =
                client.expectAck(set, metaData("vol0", "base:allocation", "qemu:dirty-bitmap:even"));
            assertEquals(3, selected.size());
            assertTrue(selected.get(0).buffer().getInt() != selected.get(1).buffer().getInt());
            client.expectAck(Nbd.OPT_GO, goData("vol0"));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aVolumeThatDoesNotServeSaysWhy(final Setup setup) throws IOException {
        try (Host host = setup.builder().start(); RawClient client = new RawClient(setup.address(host))) {
            host.volume().serving = Status.NOT_READY;
            client.greet(RawClient.FIXED_NO_ZEROES);
            final RawClient.Option refused = last(client.haggle(Nbd.OPT_GO, goData("vol0")));
            assertEquals(Nbd.REP_ERR_POLICY, refused.type());
            assertTrue(refused.text().contains("waits for the other side"), refused.text());
            host.volume().serving = Status.OK;
            client.expectAck(Nbd.OPT_GO, goData("vol0"));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void violationsEndTheConnection(final Setup setup) throws IOException {
        try (Host host = setup.builder().start()) {
            final byte[][] wrong = {
                {0, 0, 0, 4},
                {-1, -1, -1, -1},
                concat(new byte[]{0, 0, 0, 3}, new byte[16]),
                concat(new byte[]{0, 0, 0, 3}, option(Nbd.OPT_LIST, -1)),
                concat(new byte[]{0, 0, 0, 3}, option(Nbd.OPT_EXPORT_NAME, Negotiation.MAX_OPTION + 1))};
            for (final byte[] bytes : wrong) {
                try (RawClient client = new RawClient(setup.address(host))) {
                    client.read(18);
                    client.write(bytes);
                    assertTrue(client.isEnded());
                }
            }
            host.awaitIdle();
            assertEquals(wrong.length, host.count(NbdCounter.PROTOCOL_VIOLATIONS));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aHandshakeThatTakesTooLongEnds(final Setup setup) throws IOException {
        try (Host host = setup.builder().start();
             RawClient slow = new RawClient(setup.address(host));
             RawClient attached = RawClient.attach(setup.address(host), "vol0", true)) {
            slow.greet(RawClient.FIXED_NO_ZEROES);
            slow.expectAck(Nbd.OPT_LIST, NOTHING);
            host.clockAhead(TimeUnit.SECONDS.toNanos(11));
            assertTrue(slow.isEnded());
            Host.await("time-out counted", () -> host.count(NbdCounter.HANDSHAKE_TIMEOUTS) == 1);
            assertEquals(512, attached.readData(0, 0, 512).length);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void oneConnectionTooManyIsClosedAndCounted(final Setup setup) throws IOException {
        try (Host host = setup.builder().options(NbdOptions.DEFAULT.withMaxConnections(2)).start();
             RawClient one = RawClient.attach(setup.address(host), "vol0", true)) {
            try (RawClient two = RawClient.attach(setup.address(host), "vol0", true);
                 RawClient three = new RawClient(setup.address(host))) {
                assertTrue(three.isEnded());
                assertEquals(512, two.readData(0, 0, 512).length);
            }
            assertEquals(1, host.count(NbdCounter.CONNECTIONS_REFUSED));
            Host.await("place free again", () -> host.count(NbdCounter.CONNECTIONS_OPEN) == 1);
            try (RawClient four = RawClient.attach(setup.address(host), "vol0", true)) {
                assertEquals(512, four.readData(0, 0, 512).length);
            }
            assertEquals(512, one.readData(0, 0, 512).length);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void everyOptionMayComeInSmallPieces(final Setup setup) throws IOException {
        try (Host host = setup.builder().start(); RawClient client = new RawClient(setup.address(host))) {
            client.read(18);
            for (final byte b : concat(new byte[]{0, 0, 0, 3}, RawClient.optionBytes(Nbd.OPT_GO, goData("vol0", 3)))) {
                client.write(new byte[]{b});
            }
            while (client.readOption().type() != Nbd.REP_ACK) {
                Thread.onSpinWait();
            }
            assertEquals(512, client.readData(0, 0, 512).length);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void noExportNamedTwice(final Setup setup) {
        assertThrows(AssertionError.class, () -> setup.builder().volume("a", 512).volume("a", 512).start());
    }

    private static void assertRefused(final RawClient client, final int type, final int option, final byte[] data)
        throws IOException {
        final RawClient.Option reply = last(client.haggle(option, data));
        assertEquals(type, reply.type(), reply.text());
        assertEquals(option, reply.option());
        assertTrue(reply.text().length() > 5, "an error says why");
    }

    private static ByteBuffer info(final List<RawClient.Option> replies, final int type) {
        for (final RawClient.Option reply : replies) {
            if (reply.type() == Nbd.REP_INFO && reply.buffer().getShort() == type) {
                return reply.buffer().position(2).slice();
            }
        }
        throw new AssertionError("no info " + type);
    }

    private static int flagsOf(final List<RawClient.Option> replies) {
        return info(replies, Nbd.INFO_EXPORT).getShort(8) & 0xFFFF;
    }

    private static byte[] option(final int option, final int length) {
        return ByteBuffer.allocate(16).putLong(Nbd.IHAVEOPT).putInt(option).putInt(length).array();
    }

    private static byte[] concat(final byte[] a, final byte[] b) {
        return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
    }
}
