package io.twintrack.node.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Clients that say anything, over a real socket. The server's thread lives on, the connection ends, every slot comes
 * back, and the volume, which checks each range itself, is never asked for bytes that it has not.
 */
class NbdFuzzTest {
    private static final int SIZE = 1 << 20;
    private static final int MOST_OPTIONS = 6;
    private static final int MOST_REQUESTS = 12;
    private static final int HANDSHAKE_END = 0;
    private static final int[] OPTIONS = {1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12};
    private static final String[] TEXTS = {"vol0", "vol1", "", "base:", "base:allocation", "base:x", "twintrack:", "?"};

    private static Host host;

    @BeforeAll
    static void start() {
        host = Host.builder(Host.Sockets.SYSCALLS).volume("vol0", SIZE).start();
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    private static byte[] talk(final byte[] words) throws IOException {
        try (RawClient client = new RawClient(host.address(Host.Family.UNIX))) {
            client.write(words);
            client.shutdownOutput();
            final byte[] answer = client.readToEnd();
            host.awaitIdle();
            return answer;
        }
    }

    /** Right as far as it goes, and wrong from some place on: a byte stream of options and requests. */
    @FuzzTest(maxDuration = "2m")
    void anything(final FuzzedDataProvider data) throws IOException {
        final ByteArrayOutputStream words = new ByteArrayOutputStream();
        words.write(ByteBuffer.allocate(4).putInt(data.consumeBoolean() ? 3 : data.consumeInt()).array());
        for (int i = data.consumeInt(0, MOST_OPTIONS); i > 0; i--) {
            words.write(option(data));
        }
        if (data.consumeBoolean()) {
            words.write(RawClient.optionBytes(Nbd.OPT_GO, RawClient.goData("vol0")));
        }
        for (int i = data.consumeInt(0, MOST_REQUESTS); i > 0; i--) {
            words.write(RawClient.requestBytes(data.consumeInt(0, 9), data.consumeInt(0, 0x1F), i,
                offset(data), data.consumeBoolean() ? data.consumeInt(0, SIZE) : data.consumeInt()));
        }
        words.write(data.consumeRemainingAsBytes());
        talk(words.toByteArray());
    }

    private static byte[] option(final FuzzedDataProvider data) {
        final int option = data.pickValue(OPTIONS);
        final byte[] bytes = switch (data.consumeInt(0, 3)) {
            case 0 -> RawClient.goData(data.pickValue(TEXTS), data.consumeInts(data.consumeInt(0, 4)));
            case 1 -> RawClient.metaData(data.pickValue(TEXTS), data.pickValue(TEXTS), data.pickValue(TEXTS));
            case 2 -> new byte[0];
            default -> data.consumeBytes(data.consumeInt(0, 64));
        };
        final byte[] words = RawClient.optionBytes(option, bytes);
        if (data.consumeInt(0, 15) == 0) {
            ByteBuffer.wrap(words).putInt(12, data.consumeInt());
        }
        return words;
    }

    private static long offset(final FuzzedDataProvider data) {
        return data.consumeBoolean() ? data.consumeLong() : data.consumeLong(0, SIZE / 512) * 512
            + data.consumeInt(0, 1);
    }

    /** Requests that are complete, with anything in their fields: each is answered once, and nothing else is said. */
    @FuzzTest(maxDuration = "2m")
    void requests(final FuzzedDataProvider data) throws IOException {
        final ByteArrayOutputStream words = new ByteArrayOutputStream();
        words.write(ByteBuffer.allocate(4).putInt(RawClient.FIXED_NO_ZEROES).array());
        words.write(RawClient.optionBytes(Nbd.OPT_STRUCTURED_REPLY, new byte[0]));
        words.write(RawClient.optionBytes(
            Nbd.OPT_SET_META_CONTEXT, RawClient.metaData("vol0", "base:allocation")));
        words.write(RawClient.optionBytes(Nbd.OPT_GO, RawClient.goData("vol0")));
        final int count = data.consumeInt(0, MOST_REQUESTS);
        for (int cookie = 0; cookie < count; cookie++) {
            words.write(request(data, cookie));
        }
        words.write(RawClient.requestBytes(Nbd.CMD_DISC, 0, 99, 0, 0));
        final long violations = host.count(NbdCounter.PROTOCOL_VIOLATIONS);
        final Set<Long> answered = answered(ByteBuffer.wrap(talk(words.toByteArray())));
        if (host.count(NbdCounter.PROTOCOL_VIOLATIONS) == violations) {
            assertEquals(count, answered.size(), () -> "answered: " + answered);
        }
    }

    private static byte[] request(final FuzzedDataProvider data, final long cookie) {
        final int command = data.pickValue(new int[] {0, 1, 3, 4, 5, 6, 7, 8});
        final int flags = data.consumeInt(0, 0x3F);
        final long offset = offset(data);
        if (command == Nbd.CMD_WRITE) {
            final byte[] payload = new byte[data.consumeInt(0, 40) * 512 + data.consumeInt(0, 1)];
            return ByteBuffer.allocate(Nbd.REQUEST_LENGTH + payload.length)
                .put(RawClient.requestBytes(command, flags, cookie, offset, payload.length)).put(payload).array();
        }
        final long length = data.consumeBoolean() ? data.consumeInt(0, 40) * 512L + data.consumeInt(0, 1)
            : data.consumeInt();
        return RawClient.requestBytes(command, flags, cookie, offset, length);
    }

    /** @return the requests that were answered to their end. */
    private static Set<Long> answered(final ByteBuffer answer) {
        answer.position(18);
        for (int type = Nbd.REP_INFO, option = 0; option != Nbd.OPT_GO || type != Nbd.REP_ACK;) {
            assertEquals(Nbd.OPTION_REPLY_MAGIC, answer.getLong());
            option = answer.getInt();
            type = answer.getInt();
            assertTrue(type > HANDSHAKE_END, "an option was refused");
            answer.position(answer.position() + 4 + answer.getInt(answer.position()));
        }
        final Set<Long> done = new HashSet<>();
        while (answer.hasRemaining()) {
            final int magic = answer.getInt();
            final boolean simple = magic == Nbd.SIMPLE_REPLY_MAGIC;
            assertTrue(simple || magic == Nbd.STRUCTURED_REPLY_MAGIC, () -> "magic " + Integer.toHexString(magic));
            final int flags = simple ? Nbd.REPLY_FLAG_DONE : answer.getShort();
            answer.position(answer.position() + (simple ? 4 : 2));
            final long cookie = answer.getLong();
            if (!simple) {
                answer.position(answer.position() + 4 + answer.getInt(answer.position()));
            }
            assertTrue(!done.contains(cookie), () -> cookie + " is answered behind its end");
            if ((flags & Nbd.REPLY_FLAG_DONE) != 0) {
                done.add(cookie);
            }
        }
        return done;
    }
}
