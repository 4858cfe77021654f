package io.twintrack.transport.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A UDP relay between two endpoints that damages what passes, by seeded chance, and counts what it really did.
 *
 * <pre>
 *        A  -- peer address of A: towardsB() -->  relay  -->  B
 *        A  <--  relay  <-- peer address of B: towardsA() --  B
 * </pre>
 *
 * Each side listens on its own address and names the relay's as its peer. Answers to the address a datagram came from
 * find their way back, as through a NAT: each source gets a socket of its own on the far side. It has one thread.
 */
public final class DatagramRelay implements AutoCloseable {
    private static final int MAX_DATAGRAM = 65536;
    private static final int SOCKET_BUFFER = 4 << 20;
    private static final long REORDER_WAIT_NS = 2_000_000;
    private static final long MAX_QUEUE_NS = 200_000_000;

    /** A way through: where what was read from one channel goes out again. */
    private record Way(Direction direction, DatagramChannel in, DatagramChannel out, SocketAddress target) {
    }

    /** The front door of one direction: the first datagram of each source opens a path. */
    private record Front(Direction direction, DatagramChannel channel, InetSocketAddress target,
                         Map<SocketAddress, Way> ways) {
    }

    private record Waiting(long dueNs, long sequence, Way way, byte[] bytes) implements Comparable<Waiting> {
        @Override
        public int compareTo(final Waiting other) {
            final int order = Long.compare(dueNs - other.dueNs, 0);
            return order != 0 ? order : Long.compare(sequence, other.sequence);
        }
    }

    private record Injected(Direction direction, byte[] datagram) {
    }

    private final Selector selector;
    private final Front towardsA;
    private final Front towardsB;
    private final long seed;
    private final Random random;
    private final EnumMap<Direction, Faults> faults = new EnumMap<>(Direction.class);
    private final AtomicLongArray counts = new AtomicLongArray(Direction.values().length * Effect.values().length);
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();
    private final EnumMap<Direction, Waiting> swapped = new EnumMap<>(Direction.class);
    private final long[] lineFreeNs = new long[Direction.values().length];
    private final Queue<Injected> injected = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_DATAGRAM);
    private final Thread thread;
    private long sequence;
    private volatile boolean running = true;

    /** Starts it on free ports of the loopback address. */
    public DatagramRelay(final InetSocketAddress a, final InetSocketAddress b, final long seed) {
        this.seed = seed;
        random = new Random(seed);
        for (final Direction direction : Direction.values()) {
            faults.put(direction, new Faults());
            lineFreeNs[direction.ordinal()] = System.nanoTime();
        }
        try {
            selector = Selector.open();
            towardsA = front(Direction.B_TO_A, a);
            towardsB = front(Direction.A_TO_B, b);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        thread = new Thread(this::run, "datagram-relay");
        thread.setDaemon(true);
        thread.start();
    }

    private Front front(final Direction direction, final InetSocketAddress target) throws IOException {
        final Front front = new Front(direction,
            open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), target, new HashMap<>());
        front.channel.register(selector, SelectionKey.OP_READ, front);
        return front;
    }

    private static DatagramChannel open(final InetSocketAddress local) throws IOException {
        final DatagramChannel channel = DatagramChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
        channel.bind(local);
        channel.configureBlocking(false);
        return channel;
    }

    /** The address that B takes for A's. */
    public InetSocketAddress towardsA() {
        return address(towardsA);
    }

    /** The address that A takes for B's. */
    public InetSocketAddress towardsB() {
        return address(towardsB);
    }

    private static InetSocketAddress address(final Front front) {
        try {
            return (InetSocketAddress) front.channel.getLocalAddress();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    public Faults faults(final Direction direction) {
        return faults.get(direction);
    }

    public DatagramRelay heal() {
        faults.values().forEach(Faults::heal);
        return this;
    }

    public long count(final Direction direction, final Effect effect) {
        return counts.get(slot(direction, effect));
    }

    /** Sends this as if it had just come from the sender of that direction, whatever goes wrong there. Any thread. */
    public void inject(final Direction direction, final byte[] datagram) {
        injected.add(new Injected(direction, datagram));
        selector.wakeup();
    }

    /** @return both directions together. */
    public long count(final Effect effect) {
        return count(Direction.A_TO_B, effect) + count(Direction.B_TO_A, effect);
    }

    private static int slot(final Direction direction, final Effect effect) {
        return direction.ordinal() * Effect.values().length + effect.ordinal();
    }

    private void counted(final Direction direction, final Effect effect) {
        counts.incrementAndGet(slot(direction, effect));
    }

    private void run() {
        try {
            while (running) {
                selector.select(this::onReadable, waitMs());
                sendInjected();
                sendDue(System.nanoTime());
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** @return 1 or more; waiting datagrams are checked every millisecond. */
    private long waitMs() {
        return waiting.isEmpty() && swapped.isEmpty() ? 50 : 1;
    }

    private void onReadable(final SelectionKey key) {
        try {
            if (key.attachment() instanceof Front front) {
                readFront(front);
            } else {
                readBack((Way) key.attachment());
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private void readFront(final Front front) throws IOException {
        for (int i = 0; i < 16; i++) {
            buffer.clear();
            final SocketAddress source = front.channel.receive(buffer);
            if (source == null) {
                return;
            }
            Way way = front.ways.get(source);
            if (way == null) {
                way = openWay(front, source);
            }
            pass(way);
        }
    }

    private Way openWay(final Front front, final SocketAddress source) throws IOException {
        final DatagramChannel channel = open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        channel.connect(front.target);
        final Direction back = front.direction == Direction.A_TO_B ? Direction.B_TO_A : Direction.A_TO_B;
        channel.register(selector, SelectionKey.OP_READ, new Way(back, channel, front.channel, source));
        final Way way = new Way(front.direction, front.channel, channel, null);
        front.ways.put(source, way);
        return way;
    }

    private void readBack(final Way way) throws IOException {
        for (int i = 0; i < 16; i++) {
            buffer.clear();
            try {
                if (way.in.read(buffer) <= 0) {
                    return;
                }
            } catch (final PortUnreachableException ex) {
                return;
            }
            pass(way);
        }
    }

    /** Takes the datagram in the buffer through all that may happen to it. */
    private void pass(final Way way) {
        buffer.flip();
        final Direction direction = way.direction;
        final Faults fault = faults.get(direction);
        counted(direction, Effect.RECEIVED);
        if (isLost(direction, fault)) {
            return;
        }
        damage(direction, fault);
        final long nowNs = System.nanoTime();
        final long dueNs = dueNs(direction, fault, nowNs);
        if (dueNs - nowNs > MAX_QUEUE_NS + fault.latencyNs + fault.maxDelayNs) {
            counted(direction, Effect.OVERFLOWED);
            return;
        }
        if (hits(fault.repeat)) {
            counted(direction, Effect.REPEATED);
            dispatch(way, fault, nowNs, dueNs);
        }
        dispatch(way, fault, nowNs, dueNs);
    }

    private boolean isLost(final Direction direction, final Faults fault) {
        final Effect effect = fault.cut ? Effect.CUT
            : fault.filter.test(buffer) ? Effect.FILTERED
            : hits(fault.drop) ? Effect.DROPPED : null;
        if (effect != null) {
            counted(direction, effect);
        }
        return effect != null;
    }

    private void damage(final Direction direction, final Faults fault) {
        final int length = buffer.limit();
        if (hits(fault.corruptHeader)) {
            flip(direction, Effect.HEADER_CORRUPTED, 0, Math.min(32, length));
        }
        if (length > 32 && hits(fault.corruptPayload)) {
            flip(direction, Effect.PAYLOAD_CORRUPTED, 32, length);
        }
        if (hits(fault.corruptAny)) {
            flip(direction, Effect.CORRUPTED, 0, length);
        }
        if (length > 1 && hits(fault.truncate)) {
            buffer.limit(1 + random.nextInt(length - 1));
            counted(direction, Effect.TRUNCATED);
        }
    }

    private void flip(final Direction direction, final Effect effect, final int from, final int to) {
        // A set of distinct bits, so that two flips never cancel out.
        final int bit = from * 8 + random.nextInt((to - from) * 8);
        final int flips = 1 + random.nextInt(4);
        for (int i = 0; i < flips; i++) {
            final int position = from * 8 + (bit - from * 8 + i * 5) % ((to - from) * 8);
            buffer.put(position / 8, (byte) (buffer.get(position / 8) ^ 1 << position % 8));
        }
        counted(direction, effect);
    }

    private long dueNs(final Direction direction, final Faults fault, final long nowNs) {
        long dueNs = nowNs;
        if (fault.bytesPerSecond > 0) {
            final int line = direction.ordinal();
            final long start = lineFreeNs[line] - nowNs > 0 ? lineFreeNs[line] : nowNs;
            dueNs = start + buffer.limit() * 1_000_000_000L / fault.bytesPerSecond;
            if (dueNs - nowNs <= MAX_QUEUE_NS) {
                counted(direction, Effect.QUEUED);
                lineFreeNs[line] = dueNs;
            }
        }
        dueNs += fault.latencyNs;
        if (hits(fault.delay)) {
            counted(direction, Effect.DELAYED);
            dueNs += (long) (random.nextDouble() * fault.maxDelayNs);
        }
        return dueNs;
    }

    private void dispatch(final Way way, final Faults fault, final long nowNs, final long dueNs) {
        final Direction direction = way.direction;
        if (dueNs != nowNs) {
            waiting.add(copy(way, dueNs));
        } else if (!swapped.containsKey(direction) && hits(fault.reorder)) {
            swapped.put(direction, copy(way, nowNs + REORDER_WAIT_NS));
        } else {
            send(way, buffer.rewind());
            final Waiting held = swapped.remove(direction);
            if (held != null) {
                counted(direction, Effect.REORDERED);
                send(held.way, ByteBuffer.wrap(held.bytes));
            }
        }
    }

    private Waiting copy(final Way way, final long dueNs) {
        final byte[] bytes = new byte[buffer.limit()];
        buffer.get(0, bytes);
        return new Waiting(dueNs, sequence++, way, bytes);
    }

    private void sendInjected() {
        for (Injected one = injected.poll(); one != null; one = injected.poll()) {
            final Front front = one.direction == Direction.A_TO_B ? towardsB : towardsA;
            for (final Way way : front.ways.values()) {
                send(way, ByteBuffer.wrap(one.datagram));
            }
        }
    }

    private void sendDue(final long nowNs) {
        while (!waiting.isEmpty() && waiting.peek().dueNs - nowNs <= 0) {
            final Waiting due = waiting.poll();
            send(due.way, ByteBuffer.wrap(due.bytes));
        }
        for (final Direction direction : Direction.values()) {
            final Waiting held = swapped.get(direction);
            if (held != null && held.dueNs - nowNs <= 0) {
                swapped.remove(direction);
                send(held.way, ByteBuffer.wrap(held.bytes));
            }
        }
    }

    private void send(final Way way, final ByteBuffer datagram) {
        int sent = 0;
        try {
            sent = way.target == null ? way.out.write(datagram) : way.out.send(datagram, way.target);
        } catch (final IOException ex) {
            // Nobody is there, or the datagram is longer than the way takes: it is lost, as on any network.
            sent = 0;
        }
        counted(way.direction, sent > 0 ? Effect.SENT : Effect.UNDELIVERED);
    }

    private boolean hits(final double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** What it did, in words. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("seed ").append(seed);
        for (final Direction direction : Direction.values()) {
            text.append("; ").append(direction).append(':');
            for (final Effect effect : Effect.values()) {
                if (count(direction, effect) != 0) {
                    text.append(' ').append(effect).append('=').append(count(direction, effect));
                }
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        running = false;
        selector.wakeup();
        try {
            thread.join(5_000);
            for (final SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
