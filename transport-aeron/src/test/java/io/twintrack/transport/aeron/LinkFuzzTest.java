package io.twintrack.transport.aeron;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.SharedMemory;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Datagrams with anything in them, well sealed where they can be, to both sockets of a link that is up: the link's
 * thread throws nothing, each frame that is offered lies in memory that was told of, and the peer's next life works.
 */
class LinkFuzzTest {
    private static final int MOST_DATAGRAMS = 8;
    private static final int MOST_CYCLES = 100;
    private static final int CYCLES_TO_COME_UP = 4;

    private static final Map<Long, Long> MAPPED = new HashMap<>();
    private static final ArrayDeque<Long> HELD = new ArrayDeque<>();
    private static final Errors ERRORS = new Errors();
    private static End end;
    private static HandmadePeer peer;
    private static int lives;
    /** Datagrams that nobody had a socket for. */
    private static long lost;
    private static int silentCycles;

    /** What goes wrong inside Aeron is logged and no more: also an index out of bounds that a datagram led to. */
    private static final class Errors extends AppenderBase<ILoggingEvent> {
        private Throwable outOfBounds;

        @Override
        protected void append(final ILoggingEvent event) {
            if (event.getThrowableProxy() instanceof ThrowableProxy proxy
                && proxy.getThrowable() instanceof IndexOutOfBoundsException error) {
                outOfBounds = error;
            }
        }
    }

    private final DrawnDatagram datagram = new DrawnDatagram();
    private final int[] works = new int[LinkStream.values().length];

    @BeforeAll
    static void start() throws IOException {
        final Logger logger = (Logger) LoggerFactory.getLogger(ErrorReports.class);
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        logger.addAppender(ERRORS);
        ERRORS.start();
        final InetSocketAddress address = End.freeAddress();
        final InetSocketAddress peerAddress = End.freeAddress();
        end = new End(
            new DriverOptions().directory(End.newDirectory()).preallocate(false)
                .peerTimeoutNs(TimeUnit.MILLISECONDS.toNanos(200)),
            new LinkOptions().local(address).peer(peerAddress).mtu(1408).termLength(HandmadePeer.TERM)
                .replyTermLength(HandmadePeer.TERM).receiveWindow(HandmadePeer.TERM / 4),
            new SharedMemory() {
                @Override
                public void onMapped(final long address, final long length) {
                    MAPPED.put(address, length);
                }

                @Override
                public void onUnmapping(final long address, final long length) {
                    MAPPED.remove(address, length);
                }
            });
        peer = new HandmadePeer(peerAddress, address);
        new LinkFuzzTest().theNextLifeWorks();
    }

    @AfterAll
    static void stop() throws IOException {
        end.close();
        peer.close();
        final Logger logger = (Logger) LoggerFactory.getLogger(ErrorReports.class);
        logger.detachAppender(ERRORS);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @FuzzTest(maxDuration = "2m")
    void anyDatagrams(final FuzzedDataProvider data) throws IOException {
        ERRORS.outOfBounds = null;
        if (data.consumeBoolean()) {
            peer.live(++lives * 0x9E3779B1, DrawnDatagram.start(data));
            speak();
            settle(data);
        }
        for (int i = 0; i < MOST_DATAGRAMS && data.remainingBytes() > 0; i++) {
            final int length = datagram.draw(data, peer);
            peer.say(datagram.bytes(), length, data.consumeInt(0, 3) > 0);
            if (data.consumeBoolean()) {
                cycle(data);
            }
        }
        settle(data);
        theNextLifeWorks();
        assertNull(ERRORS.outOfBounds);
    }

    /** A cycle takes one sound datagram, and a few more bring the link up with it. */
    private void settle(final FuzzedDataProvider data) {
        for (int i = 0; i < MOST_CYCLES && !isAllTaken(); i++) {
            cycle(data);
        }
        for (int i = 0; i < CYCLES_TO_COME_UP; i++) {
            cycle(data);
        }
    }

    private static boolean isAllTaken() {
        return taken() + lost >= peer.sent();
    }

    private static long taken() {
        final LinkCounters counters = end.link.counters();
        return counters.get(LinkCounter.DATAGRAMS_RECEIVED) + counters.datagramsDropped();
    }

    private void cycle(final FuzzedDataProvider data) {
        end.work();
        end.link.pollFrames((buffer, offset, length, token) -> {
            assertLiesInMappedMemory(buffer, offset, length);
            final int action = data.pickValue(
                new int[] {FrameHandler.CONSUMED, FrameHandler.HELD, FrameHandler.REFUSED});
            if (action == FrameHandler.HELD) {
                HELD.add(token);
            }
            return action;
        }, 8);
        end.link.pollReplies((buffer, offset, length, token) -> FrameHandler.CONSUMED, 8);
        end.link.maxSleepNs();
        if (!HELD.isEmpty() && data.consumeBoolean()) {
            end.link.release(HELD.poll());
        }
        if (end.link.frames().claim(64) == FrameChannel.CLAIMED) {
            end.link.frames().commit();
        }
    }

    private static void assertLiesInMappedMemory(final DirectBuffer buffer, final int offset, final int length) {
        final long address = buffer.addressOffset() + offset;
        assertTrue(length >= 0 && MAPPED.entrySet().stream().anyMatch(region -> address >= region.getKey()
            && address + length <= region.getKey() + region.getValue()), "a frame outside of the mapped memory");
    }

    private void theNextLifeWorks() {
        final int incarnation = ++lives * 0x9E3779B1;
        peer.live(incarnation, new HandmadePeer.Start(
            incarnation, incarnation, 0, HandmadePeer.TERM, HandmadePeer.MTU));
        works[0] = 0;
        works[1] = 0;
        Wait.until(() -> works[0] > 0 && works[1] > 0, this::live, () -> end.events + " " + end.link.counters(), 20);
        for (Long token = HELD.poll(); token != null; token = HELD.poll()) {
            end.link.release(token);
        }
        assertEquals(0, end.link.heldFrames());
    }

    private void live() {
        if (isAllTaken() || ++silentCycles > MOST_CYCLES) {
            silentCycles = 0;
            lost = peer.sent() - taken();
            speak();
        }
        end.work();
        end.link.pollFrames((buffer, offset, length, token) -> arrived(LinkStream.DATA, buffer, offset, length), 8);
        end.link.pollReplies((buffer, offset, length, token) -> arrived(LinkStream.REPLIES, buffer, offset, length), 8);
    }

    private static void speak() {
        try {
            peer.hear();
            peer.sayAllOfALife();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private int arrived(final LinkStream stream, final DirectBuffer buffer, final int offset, final int length) {
        if (length == Long.BYTES && buffer.getLong(offset) == peer.incarnation()) {
            works[stream.ordinal()]++;
        }
        return FrameHandler.CONSUMED;
    }
}
