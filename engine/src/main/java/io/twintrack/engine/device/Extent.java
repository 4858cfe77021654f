package io.twintrack.engine.device;

import io.twintrack.engine.port.BlockDevice;

/**
 * A part of a disk.
 *
 * @param offset of its first byte on the device.
 * @param length in bytes, above 0.
 */
public record Extent(BlockDevice device, long offset, long length) {

    /** @throws IllegalArgumentException when it does not lie within the device. */
    public Extent {
        if (offset < 0 || length <= 0 || length > device.size() || offset > device.size() - length) {
            throw new IllegalArgumentException("extent of " + length + " bytes at " + offset
                + " does not lie within the " + device.size() + " bytes of " + device.describe());
        }
    }

    /** The whole of a device. */
    public static Extent of(final BlockDevice device) {
        return new Extent(device, 0, device.size());
    }

    boolean overlaps(final Extent other) {
        return device == other.device && offset < other.offset + other.length && other.offset < offset + length;
    }

    @Override
    public String toString() {
        return device.describe() + "[" + offset + " + " + length + "]";
    }
}
