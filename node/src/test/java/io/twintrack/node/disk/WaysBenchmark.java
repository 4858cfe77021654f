package io.twintrack.node.disk;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.sata.SataBlockDevice;
import io.twintrack.sata.SataOptions;
import io.twintrack.sata.SataOptions.Way;
import io.twintrack.sata.lab.Guest;
import io.twintrack.uring.DiskOptions;
import io.twintrack.uring.IoUringOptions;
import io.twintrack.uring.NativeMemory;
import io.twintrack.uring.Ring;
import io.twintrack.uring.UringBlockDevice;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * In the guest: random reads by every way, on disks that are alike. One thread drives the device, as an HBA does.
 * Rounds of all ways are interleaved, and the median of each counts, because the host is shared.
 */
final class WaysBenchmark {
    private static final int ROUNDS = 5;
    private static final long ROUND_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final int SPACE = 32 << 20;
    private static final int DEPTH = 32;
    private static final int[][] LOADS = {{4096, 1}, {4096, DEPTH}, {65536, 8}};

    private final NativeMemory memory = NativeMemory.map(4 << 20);
    private final boolean[] busy = new boolean[DEPTH];
    private long done;

    /** One way, opened for a round. */
    private abstract static class Case {
        final String name;
        final double[][] rates = new double[LOADS.length][ROUNDS];

        Case(final String name) {
            this.name = name;
        }

        abstract void run(WaysBenchmark benchmark, int round);
    }

    private static final class Sata extends Case {
        private final Way way;
        private final int commands;

        Sata(final String name, final Way way, final int commands) {
            super(name);
            this.way = way;
            this.commands = commands;
        }

        @Override
        void run(final WaysBenchmark benchmark, final int round) {
            try (SataBlockDevice device = SataBlockDevice.open(
                Guest.disk("LAB0"), SataOptions.DEFAULT.way(way).commands(commands), () -> { })) {
                benchmark.run(device, device::poll, rates, round);
            }
        }
    }

    /** On a disk of its own: a closed ring lets go of its files a little later, and the claim with them. */
    private static final class Uring extends Case {
        Uring() {
            super("type: uring on /dev/sdX");
        }

        @Override
        void run(final WaysBenchmark benchmark, final int round) {
            try (Ring ring = Ring.open(IoUringOptions.DEFAULT);
                 UringBlockDevice device =
                     UringBlockDevice.open(ring, Path.of(Guest.disk("LAB5")), DiskOptions.DEFAULT)) {
                benchmark.run(device, () -> {
                    ring.submit();
                    ring.poll();
                }, rates, round);
            }
        }
    }

    public static void main(final String[] args) {
        Guest.require();
        final List<Case> cases = List.of(new Uring(),
            new Sata("type: sata, asynchronous sg, one open file, 16 commands", Way.ASYNCHRONOUS, 16),
            new Sata("type: sata, asynchronous sg, two open files, 32 commands", Way.ASYNCHRONOUS, 32),
            new Sata("8 lanes on /dev/sdX", Way.LANES, 8),
            new Sata("32 lanes on /dev/sdX", Way.LANES, 32));
        final WaysBenchmark benchmark = new WaysBenchmark();
        // The first round warms up.
        for (int round = -1; round < ROUNDS; round++) {
            for (final Case each : cases) {
                each.run(benchmark, round);
            }
        }
        System.err.println("| way | 4 KiB, depth 1 | 4 KiB, depth 32 | 64 KiB, depth 8 |");
        System.err.println("|---|---|---|---|");
        for (final Case each : cases) {
            System.err.printf("| %s | %.0f/s | %.0f/s | %.0f MB/s |%n", each.name, median(each.rates[0]),
                median(each.rates[1]), median(each.rates[2]) * LOADS[2][0] / 1e6);
        }
        Runtime.getRuntime().halt(0);
    }

    private void run(final BlockDevice device, final Runnable poll, final double[][] rates, final int round) {
        device.listener(this::onEnd);
        for (int i = 0; i < LOADS.length; i++) {
            final double rate = rate(device, poll, LOADS[i][0], LOADS[i][1]);
            if (round >= 0) {
                rates[i][round] = rate;
            }
        }
    }

    private void onEnd(final long token, final Status status) {
        if (status != Status.OK) {
            throw new AssertionError(status);
        }
        busy[(int) token] = false;
        done++;
    }

    /** Operations a second. */
    private double rate(final BlockDevice device, final Runnable poll, final int length, final int depth) {
        final SplittableRandom random = new SplittableRandom(42);
        Arrays.fill(busy, false);
        done = 0;
        final long beganNs = System.nanoTime();
        while (System.nanoTime() - beganNs < ROUND_NS) {
            for (int i = 0; i < depth; i++) {
                busy[i] |= !busy[i] && device.read(i, memory.address() + (long) i * length, length,
                    (long) random.nextInt(SPACE / length) * length);
            }
            poll.run();
        }
        final double rate = done / ((System.nanoTime() - beganNs) / 1e9);
        while (anyBusy() && System.nanoTime() - beganNs < LIMIT_NS) {
            poll.run();
        }
        return rate;
    }

    private boolean anyBusy() {
        for (final boolean each : busy) {
            if (each) {
                return true;
            }
        }
        return false;
    }

    private static double median(final double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
