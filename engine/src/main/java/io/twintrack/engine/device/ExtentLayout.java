package io.twintrack.engine.device;

import io.twintrack.engine.port.BlockDevice;

import java.util.Arrays;
import java.util.List;

/** What an {@link ExtentDevice} is made of, checked: extents, the disks below them, and what these ask for. */
final class ExtentLayout {
    private static final int MAX_SECTOR = 4096;

    final Extent[] extents;
    final ExtentMap map;
    /** Each disk once. */
    final BlockDevice[] devices;
    final int sectorSize;
    final int memoryAlignment;

    private ExtentLayout(final Extent[] extents, final ExtentMap map, final int stripeLength) {
        this.extents = extents;
        this.map = map;
        devices = Arrays.stream(extents).map(Extent::device).distinct().toArray(BlockDevice[]::new);
        memoryAlignment = Arrays.stream(devices).mapToInt(BlockDevice::memoryAlignment).max().orElseThrow();
        sectorSize = sectorSize();
        require(sectorSize <= MAX_SECTOR, "memory alignment " + memoryAlignment + " is coarser than any sector");
        require(stripeLength % sectorSize == 0,
            "stripe length " + stripeLength + " is not a multiple of the sector size " + sectorSize);
        for (int i = 0; i < extents.length; i++) {
            check(i);
        }
    }

    static ExtentLayout linear(final List<Extent> extents) {
        require(!extents.isEmpty(), "no extents");
        final Extent[] array = extents.toArray(new Extent[0]);
        return new ExtentLayout(array, new LinearMap(array), 0);
    }

    static ExtentLayout striped(final List<Extent> extents, final int stripeLength) {
        require(stripeLength > 0, "stripe length " + stripeLength + " is not above 0");
        final Extent[] array = extents.toArray(new Extent[0]);
        return new ExtentLayout(array, new StripedMap(array, stripeLength), stripeLength);
    }

    Extent last() {
        return extents[extents.length - 1];
    }

    /** @throws IllegalArgumentException when stripes lie on it, or it is not in multiples of the sector size. */
    void replaceLast(final Extent longerOrShorter) {
        require(map instanceof LinearMap, "stripes have one size");
        require((longerOrShorter.length() & (sectorSize - 1)) == 0,
            longerOrShorter + " is not in multiples of the sector size " + sectorSize);
        extents[extents.length - 1] = longerOrShorter;
        ((LinearMap) map).resizeLast(longerOrShorter.length());
    }

    String describe() {
        return map.describe() + " of " + Arrays.toString(extents);
    }

    private int sectorSize() {
        final int sector = Arrays.stream(devices).mapToInt(BlockDevice::sectorSize).max().orElseThrow();
        // A second part starts anywhere in the operation's memory, at a multiple of the sector size.
        return extents.length == 1 ? sector : Math.max(sector, memoryAlignment);
    }

    private void check(final int index) {
        final Extent extent = extents[index];
        require(((extent.offset() | extent.length()) & (sectorSize - 1)) == 0,
            extent + " is not in multiples of the sector size " + sectorSize);
        for (int i = 0; i < index; i++) {
            require(!extent.overlaps(extents[i]), extent + " overlaps " + extents[i]);
        }
    }

    private static void require(final boolean holds, final String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
