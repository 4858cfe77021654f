package io.twintrack.node.nbd;

/** A bitmap in which every other 4 KiB are dirty. */
final class DirtyEvenTracks implements ExtentSource {
    static final int TRACK = 4096;

    @Override
    public String context() {
        return "qemu:dirty-bitmap:even";
    }

    @Override
    public long extent(final long offset, final int limit) {
        final int toTrackEnd = TRACK - (int) (offset & TRACK - 1);
        return ExtentSource.extentOf(Math.min(limit, toTrackEnd), (offset / TRACK & 1) == 0 ? 1 : 0);
    }
}
