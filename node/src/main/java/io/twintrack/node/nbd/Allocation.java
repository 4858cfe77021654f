package io.twintrack.node.nbd;

/** {@code base:allocation} of a volume that does not know its holes: all is data. */
public final class Allocation implements ExtentSource {
    @Override
    public String context() {
        return "base:allocation";
    }

    @Override
    public long extent(final long offset, final int limit) {
        return ExtentSource.extentOf(limit, 0);
    }
}
