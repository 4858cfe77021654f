package io.twintrack.sata;

/** One disk of a {@link DiskWatch}: its thread only, but for what says otherwise. */
final class WatchedDisk {
    final SataBlockDevice device;
    final DiskConcerns concerns = new DiskConcerns();
    /** {@code null} before it was asked. Any thread reads it. */
    volatile DiskHealth health;
    long nextHealthNs;

    /** @param nowNs when it is asked first, on the clock of {@link System#nanoTime}. */
    WatchedDisk(final SataBlockDevice device, final long nowNs) {
        this.device = device;
        this.nextHealthNs = nowNs;
    }
}
