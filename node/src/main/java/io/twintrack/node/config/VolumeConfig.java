package io.twintrack.node.config;

import java.util.List;

/**
 * A logical block range made of pieces of disks.
 *
 * @param size         in bytes.
 * @param stripeLength in bytes; 0 unless the layout is striped.
 */
public record VolumeConfig(String name, long size, Layout layout, long stripeLength, List<ExtentConfig> extents) {

    /** How a volume's bytes lie on its extents: one after the other, or dealt out in stripes. */
    public enum Layout {
        LINEAR, STRIPED
    }

    public VolumeConfig {
        extents = List.copyOf(extents);
    }
}
