package io.twintrack.node.control;

import io.twintrack.node.config.VolumeConfig;

import java.util.List;

/**
 * A volume as it stands in JSON; docs/CONTROL.md tells what each field means.
 *
 * @param stripeBytes {@code null} unless the layout is striped.
 * @param pair        that lies on it, or {@code null}.
 * @param state       {@code ready}, or {@code making} while its files are written.
 * @param doneBytes   how much of them is written.
 */
public record VolumeView(
    String name, String hba, boolean declared, long sizeBytes, String layout, Long stripeBytes, List<Extent> extents,
    String pair, String state, long doneBytes) {

    /** A piece of a disk. */
    public record Extent(String path, String type, long offsetBytes, long lengthBytes) {
    }

    static VolumeView ready(final VolumeConfig volume, final String hba, final boolean declared, final String pair) {
        return of(volume, hba, declared, pair, "ready", volume.size());
    }

    static VolumeView making(final VolumeConfig volume, final String hba, final long doneBytes) {
        return of(volume, hba, false, null, "making", doneBytes);
    }

    private static VolumeView of(
        final VolumeConfig volume, final String hba, final boolean declared, final String pair, final String state,
        final long doneBytes) {
        return new VolumeView(volume.name(), hba, declared, volume.size(), Fields.word(volume.layout()),
            volume.stripeLength() == 0 ? null : volume.stripeLength(),
            volume.extents().stream().map(extent -> new Extent(extent.path().toString(), Fields.word(extent.type()),
                extent.offset(), extent.length())).toList(),
            pair, state, doneBytes);
    }
}
