package io.twintrack.sata.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Within the guest: where disks are, where their images on the host are, and BusyBox. */
public final class Guest {
    private static final long LOOK_NS = 5_000_000;

    private Guest() {
    }

    /**
     * Guards against running on a real machine: what follows writes to disks. Waits for them, because Java starts while
     * the kernel still looks for them; bin/sata-lab ends a guest that does not find them all.
     */
    public static void require() {
        if (!text(Path.of("/proc/cmdline")).contains("disks=8") || !Files.exists(Path.of("/dev/shm/busybox"))) {
            throw new AssertionError("this is not the lab's guest");
        }
        until(() -> Files.exists(Path.of("/dev/shm/disks")), 120, "all disks");
    }

    /** @return the block device with this serial number, such as /dev/sda; null when there is none. */
    public static String find(final String serial) {
        try (Stream<Path> disks = Files.list(Path.of("/sys/block"))) {
            return disks.filter(disk -> serial(disk).equals(serial)).map(disk -> "/dev/" + disk.getFileName())
                .findFirst().orElse(null);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SCSI's vital product data page 80h: 4 bytes, then the serial number. */
    private static String serial(final Path disk) {
        try {
            final byte[] page = Files.readAllBytes(disk.resolve("device/vpd_pg80"));
            return new String(page, 4, page.length - 4, StandardCharsets.US_ASCII).strip();
        } catch (final IOException e) {
            return "";
        }
    }

    public static String disk(final String serial) {
        final String path = find(serial);
        if (path == null) {
            throw new AssertionError("there is no disk " + serial);
        }
        return path;
    }

    /** The image of the disk, as the host sees it. */
    public static Path image(final String serial) {
        return Path.of(serial + ".img").toAbsolutePath();
    }

    public static void until(final BooleanSupplier event, final double seconds, final String what) {
        final long deadlineNs = System.nanoTime() + (long) (seconds * 1e9);
        while (!event.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("not within " + seconds + " s: " + what);
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    /** Runs one of BusyBox's programs, and expects that it succeeds. */
    public static String busybox(final String... arguments) {
        try {
            final Process process = new ProcessBuilder(
                Stream.concat(Stream.of("/dev/shm/busybox"), Stream.of(arguments)).toList())
                .redirectErrorStream(true).start();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", arguments) + " ended with " + process.exitValue() + ": "
                    + output);
            }
            return output;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public static String text(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            return "";
        }
    }
}
