package io.twintrack.sata;

import io.twintrack.engine.Status;
import io.twintrack.sata.SataOptions.Way;
import io.twintrack.sata.lab.Guest;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * In the guest: random reads by every way. One thread drives the device, as an HBA does. Rounds of all ways are
 * interleaved, and the median of each counts, because the host is shared.
 */
final class WaysBenchmark {
    private static final int ROUNDS = 5;
    private static final long ROUND_NS = TimeUnit.MILLISECONDS.toNanos(700);
    private static final int SPACE = 32 << 20;

    private record Case(String name, Way way, int commands) {
    }

    private static final Case[] CASES = {
        new Case("asynchronous sg, one file (16 commands)", Way.ASYNCHRONOUS, 16),
        new Case("asynchronous sg, two files (32 commands)", Way.ASYNCHRONOUS, 32),
        new Case("8 lanes on /dev/sdX", Way.LANES, 8),
        new Case("16 lanes on /dev/sdX", Way.LANES, 16),
        new Case("32 lanes on /dev/sdX", Way.LANES, 32),
    };

    private WaysBenchmark() {
    }

    public static void main(final String[] args) {
        Guest.require();
        System.err.println("| way | 4 KiB, depth 1 | 4 KiB, depth 32 | 64 KiB, depth 8 |");
        System.err.println("|---|---|---|---|");
        final double[][][] results = new double[CASES.length][3][ROUNDS];
        // The first round warms up.
        for (int round = -1; round < ROUNDS; round++) {
            for (int i = 0; i < CASES.length; i++) {
                measure(CASES[i], results[i], round);
            }
        }
        for (int i = 0; i < CASES.length; i++) {
            System.err.printf("| %s | %.0f/s | %.0f/s | %.0f MB/s |%n", CASES[i].name, median(results[i][0]),
                median(results[i][1]), median(results[i][2]) * 65536 / 1e6);
        }
        Runtime.getRuntime().halt(0);
    }

    private static void measure(final Case which, final double[][] results, final int round) {
        final String block = Guest.disk("LAB0");
        try (DiskUser disk = new DiskUser(block,
            SataOptions.DEFAULT.way(which.way).commands(which.commands))) {
            final double[] rates = {rate(disk, 4096, 1), rate(disk, 4096, 32), rate(disk, 65536, 8)};
            for (int i = 0; round >= 0 && i < rates.length; i++) {
                results[i][round] = rates[i];
            }
        }
    }

    /** Operations a second. */
    private static double rate(final DiskUser disk, final int length, final int depth) {
        final SplittableRandom random = new SplittableRandom(42);
        final long[] tokens = new long[depth];
        java.util.Arrays.fill(tokens, -1);
        final long beganNs = System.nanoTime();
        long done = 0;
        while (System.nanoTime() - beganNs < ROUND_NS) {
            for (int i = 0; i < depth; i++) {
                final Status status = tokens[i] < 0 ? Status.OK : disk.ended(tokens[i]);
                if (status == Status.OK) {
                    done += tokens[i] < 0 ? 0 : 1;
                    tokens[i] = disk.startRead(i * length, length, (long) random.nextInt(SPACE / length) * length);
                } else if (status != null) {
                    throw new AssertionError(status);
                }
            }
            disk.poll();
        }
        final double seconds = (System.nanoTime() - beganNs) / 1e9;
        for (final long token : tokens) {
            disk.await(token);
        }
        return done / seconds;
    }

    private static double median(final double[] values) {
        java.util.Arrays.sort(values);
        return values[values.length / 2];
    }
}
