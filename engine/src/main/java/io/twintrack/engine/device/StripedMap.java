package io.twintrack.engine.device;

/**
 * Stripes dealt to the extents in turn.
 *
 * <pre>
 *             extent 0    extent 1    extent 2
 *   row 0   | stripe 0  | stripe 1  | stripe 2  |
 *   row 1   | stripe 3  | stripe 4  | stripe 5  |
 * </pre>
 */
final class StripedMap implements ExtentMap {
    private final int extents;
    private final long stripe;
    private final long row;
    private final long size;

    StripedMap(final Extent[] extents, final int stripeLength) {
        if (extents.length < 2) {
            throw new IllegalArgumentException("stripes need 2 extents or more, not " + extents.length);
        }
        for (final Extent extent : extents) {
            if (extent.length() != extents[0].length() || extent.length() % stripeLength != 0) {
                throw new IllegalArgumentException(
                    extent + " is not as long as the others or not a multiple of the stripe length " + stripeLength);
            }
        }
        this.extents = extents.length;
        stripe = stripeLength;
        row = stripe * extents.length;
        size = Math.multiplyExact(extents[0].length(), extents.length);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int extent(final long offset) {
        return (int) (offset / stripe % extents);
    }

    @Override
    public long extentOffset(final long offset) {
        return offset / row * stripe + offset % stripe;
    }

    @Override
    public long run(final long offset) {
        return stripe - offset % stripe;
    }

    @Override
    public long extentBytesBefore(final int extent, final long offset) {
        final long inRow = offset % row - extent * stripe;
        return offset / row * stripe + Math.max(0, Math.min(stripe, inRow));
    }

    @Override
    public String describe() {
        return "stripes of " + stripe;
    }
}
