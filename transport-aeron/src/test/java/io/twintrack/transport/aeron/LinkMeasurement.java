package io.twintrack.transport.aeron;

import io.twintrack.engine.port.FrameChannel;
import io.twintrack.engine.port.FrameHandler;
import io.twintrack.engine.port.ReplicaLink;
import io.twintrack.engine.port.SharedMemory;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * What a link costs on this machine, both ends on threads of their own: {@code LinkMeasurement [MTU [SECONDS]]}. No
 * test: it prints figures.
 */
public final class LinkMeasurement {
    private final End left;
    private final End right;
    private final Supplier<LinkOptions> options;
    private volatile boolean running = true;

    private LinkMeasurement(final int mtu) {
        final InetSocketAddress here = End.freeAddress();
        final InetSocketAddress there = End.freeAddress();
        options = () -> new LinkOptions().local(here).peer(there).mtu(mtu);
        left = new End(driverOptions(), options.get(), SharedMemory.IGNORED);
        right = new End(driverOptions(),
            new LinkOptions().local(there).peer(here).mtu(mtu), SharedMemory.IGNORED);
    }

    private static DriverOptions driverOptions() {
        return new DriverOptions().directory(End.newDirectory()).preallocate(!Boolean.getBoolean("sparse"));
    }

    public static void main(final String[] args) throws InterruptedException {
        final int mtu = args.length > 0 ? Integer.parseInt(args[0]) : LinkOptions.MAX_MTU;
        final long seconds = args.length > 1 ? Long.parseLong(args[1]) : 2;
        final LinkMeasurement measurement = new LinkMeasurement(mtu);
        final Thread answering = new Thread(measurement::answer, "right");
        answering.start();
        try {
            measurement.run(mtu, seconds);
        } finally {
            measurement.running = false;
            answering.join();
            measurement.left.close();
            measurement.right.close();
        }
    }

    private void run(final int mtu, final long seconds) {
        connect();
        reconnect();
        final int header = left.link.frames().headerLength();
        final int longest = left.link.frames().maxFrameLength();
        final int page = Math.min(longest, header + 4096);
        System.out.println("mtu " + mtu + ", header area " + header + ", longest frame " + longest);
        for (int i = 0; i < 2; i++) {
            trips("warm-up", page, 8, seconds);
        }
        trips("4 KiB depth 1", page, 1, seconds);
        trips("4 KiB depth 32", page, 32, seconds);
        trips("longest depth 32", longest, 32, seconds);
        idle();
        System.out.println(left.link.counters());
    }

    private void connect() {
        final long beginNs = System.nanoTime();
        long worstNs = 0;
        while (!left.link.isUp()) {
            final long cycleNs = System.nanoTime();
            left.work();
            worstNs = Math.max(worstNs, System.nanoTime() - cycleNs);
        }
        System.out.printf("up after %.0f ms, longest cycle %.0f ms%n",
            (System.nanoTime() - beginNs) / 1e6, worstNs / 1e6);
    }

    /** What it costs everybody else on the thread when a peer returns. */
    private void reconnect() {
        for (int i = 0; i < 3; i++) {
            left.link.close();
            left.link = new AeronReplicaLink(left.driver, options.get(), SharedMemory.IGNORED);
            connect();
        }
    }

    private void answer() {
        final ReplicaLink link = right.link;
        final FrameHandler handler = (buffer, offset, length, token) -> {
            if (link.replies().claim(64) != FrameChannel.CLAIMED) {
                return FrameHandler.REFUSED;
            }
            link.replies().commit();
            return FrameHandler.CONSUMED;
        };
        while (running) {
            link.pollFrames(handler, 64);
            right.work();
        }
    }

    private void trips(final String name, final int length, final int depth, final long seconds) {
        final long[] samples = new long[4_000_000];
        final long[] startNs = new long[64];
        final long[] counts = new long[2];
        final FrameHandler onReply = (buffer, offset, replyLength, token) -> {
            final int at = (int) (counts[1] & 63);
            if (counts[1] < samples.length) {
                samples[(int) counts[1]] = System.nanoTime() - startNs[at];
            }
            counts[1]++;
            return FrameHandler.CONSUMED;
        };
        final FrameChannel frames = left.link.frames();
        final long beginNs = System.nanoTime();
        final long endNs = beginNs + seconds * 1_000_000_000L;
        boolean sending = true;
        while (sending || counts[1] < counts[0]) {
            final long nowNs = System.nanoTime();
            sending = nowNs - endNs < 0;
            while (sending && counts[0] - counts[1] < depth && frames.claim(length) == FrameChannel.CLAIMED) {
                startNs[(int) (counts[0]++ & 63)] = System.nanoTime();
                frames.commit();
            }
            left.link.doWork(nowNs);
            left.link.pollReplies(onReply, 64);
        }
        final double took = (System.nanoTime() - beginNs) / 1e9;
        final int n = (int) Math.min(counts[1], samples.length);
        Arrays.sort(samples, 0, n);
        System.out.printf("%-18s %9.0f /s  %7.0f MB/s  p50 %6.1f us  p99 %6.1f us%n", name, counts[1] / took,
            counts[1] * (double) length / took / 1e6, samples[n / 2] / 1e3, samples[(int) (n * 0.99)] / 1e3);
    }

    private void idle() {
        cost("idle cycle", left::work);
        cost("of that the driver", () -> left.driver.doWork(System.nanoTime()));
    }

    private static void cost(final String name, final Runnable cycle) {
        final int cycles = 500_000;
        final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        final long beginNs = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < cycles; i++) {
            cycle.run();
        }
        System.out.printf("%s: %.2f us of CPU%n", name, (threads.getCurrentThreadCpuTime() - beginNs) / 1e3 / cycles);
    }
}
