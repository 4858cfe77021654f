package io.twintrack.uring;

/**
 * How a disk is opened.
 *
 * @param minSize    in bytes: a smaller file or device is refused.
 * @param readOnly   writes complete with READ_ONLY.
 * @param direct     past the page cache (O_DIRECT) where the file system can.
 * @param queueDepth operations at a time, 1 to 65536.
 */
public record DiskOptions(long minSize, boolean readOnly, boolean direct, int queueDepth) {
    public static final DiskOptions DEFAULT = new DiskOptions(0, false, true, 1024);

    public DiskOptions {
        if (minSize < 0) {
            throw new IllegalArgumentException("minSize = " + minSize + ": from 0 is allowed");
        }
        if (queueDepth < 1 || queueDepth > 65536) {
            throw new IllegalArgumentException("queueDepth = " + queueDepth + ": 1 to 65536 is allowed");
        }
    }

    public DiskOptions minSize(final long bytes) {
        return new DiskOptions(bytes, readOnly, direct, queueDepth);
    }

    public DiskOptions readOnly(final boolean value) {
        return new DiskOptions(minSize, value, direct, queueDepth);
    }

    public DiskOptions direct(final boolean value) {
        return new DiskOptions(minSize, readOnly, value, queueDepth);
    }

    public DiskOptions queueDepth(final int operations) {
        return new DiskOptions(minSize, readOnly, direct, operations);
    }
}
