package io.twintrack.engine.device;

/** Extents one after the other. */
final class LinearMap implements ExtentMap {
    /** Where each extent starts on the device; the last entry is the size. */
    private final long[] starts;

    LinearMap(final Extent[] extents) {
        starts = new long[extents.length + 1];
        for (int i = 0; i < extents.length; i++) {
            starts[i + 1] = Math.addExact(starts[i], extents[i].length());
        }
    }

    void resizeLast(final long length) {
        starts[starts.length - 1] = Math.addExact(starts[starts.length - 2], length);
    }

    @Override
    public long size() {
        return starts[starts.length - 1];
    }

    @Override
    public int extent(final long offset) {
        int low = 0;
        int high = starts.length - 2;
        while (low < high) {
            final int middle = (low + high + 1) >>> 1;
            if (starts[middle] <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    @Override
    public long extentOffset(final long offset) {
        return offset - starts[extent(offset)];
    }

    @Override
    public long run(final long offset) {
        return starts[extent(offset) + 1] - offset;
    }

    @Override
    public long extentBytesBefore(final int extent, final long offset) {
        final long length = starts[extent + 1] - starts[extent];
        return Math.max(0, Math.min(length, offset - starts[extent]));
    }

    @Override
    public String describe() {
        return starts.length == 2 ? "part" : "linear";
    }
}
