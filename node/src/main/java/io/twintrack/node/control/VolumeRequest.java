package io.twintrack.node.control;

import io.twintrack.node.catalogue.VolumeEntry;
import io.twintrack.node.config.ExtentConfig;
import io.twintrack.node.config.ExtentConfig.DiskType;
import io.twintrack.node.config.Units;
import io.twintrack.node.config.VolumeConfig;
import io.twintrack.node.config.VolumeConfig.Layout;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A volume that is asked for.
 *
 * @param hba      {@code null} for the only one.
 * @param ownFiles its one file does not exist yet and is made with it.
 */
record VolumeRequest(String hba, boolean ownFiles, VolumeConfig volume) {
    private static final long BLOCK = 4 << 10;
    private static final long DEFAULT_STRIPE = 64 << 10;
    private static final long LONGEST_STRIPE = 1 << 30;

    static VolumeRequest of(final Fields fields) {
        final String name = fields.requiredName("name");
        final long size = fields.requiredBytes("sizeBytes", BLOCK, BLOCK);
        final String hba = fields.name("hba", null);
        final Layout layout = fields.word("layout", Layout.class, Layout.LINEAR);
        final long stripe = fields.bytes("stripeBytes", BLOCK, BLOCK, DEFAULT_STRIPE);
        final List<ExtentConfig> extents = extents(fields, size);
        fields.end();
        final boolean striped = layout == Layout.STRIPED;
        final VolumeConfig volume = new VolumeConfig(name, size, layout, striped ? stripe : 0, extents);
        checkLengths(volume);
        final boolean ownFiles = extents.size() == 1 && !Files.exists(extents.get(0).path());
        return new VolumeRequest(hba, ownFiles, volume);
    }

    VolumeEntry entry(final String hbaName) {
        return new VolumeEntry(hbaName, ownFiles, volume);
    }

    /** @throws Refusal when a disk that should be there is not, or is too small. */
    void checkDisks() {
        if (ownFiles) {
            if (volume.extents().get(0).offset() != 0) {
                throw Refusal.malformed(NodeRule.VOLUME_FIELDS,
                    "a file that does not exist yet has no bytes before the volume: leave the "
                    + "offset out");
            }
            return;
        }
        for (final ExtentConfig extent : volume.extents()) {
            final long size = DiskFile.size(extent.path());
            if (size < extent.offset() + extent.length()) {
                throw Refusal.malformed(NodeRule.VOLUME_DISK,
                    "the disk " + extent.path() + " is too small: it has " + Units.sizeText(size)
                    + ", the extent ends at " + Units.sizeText(extent.offset() + extent.length()));
            }
        }
    }

    private static List<ExtentConfig> extents(final Fields fields, final long size) {
        final List<ExtentConfig> extents = new ArrayList<>();
        final boolean hasPath = fields.has("path");
        if (hasPath == fields.has("extents")) {
            throw Refusal.malformed(NodeRule.VOLUME_FIELDS, "either \"path\" or \"extents\" must be there");
        }
        if (hasPath) {
            extents.add(new ExtentConfig(path(fields), DiskType.URING, 0, size));
        }
        for (final Fields extent : fields.list("extents")) {
            extents.add(extent(extent));
        }
        if (extents.isEmpty()) {
            throw Refusal.malformed(NodeRule.VOLUME_FIELDS, "\"extents\" must have at least one entry");
        }
        for (int i = 0; i < extents.size(); i++) {
            if (extents.subList(0, i).stream().anyMatch(extents.get(i)::overlaps)) {
                throw Refusal.malformed(NodeRule.VOLUME_FIELDS,
                    "two extents have the same bytes of " + extents.get(i).path());
            }
        }
        return extents;
    }

    private static ExtentConfig extent(final Fields fields) {
        final ExtentConfig extent = new ExtentConfig(path(fields), fields.word("type", DiskType.class, DiskType.URING),
            fields.bytes("offsetBytes", 0, BLOCK, 0), fields.requiredBytes("lengthBytes", BLOCK, BLOCK));
        fields.end();
        if (extent.offset() + extent.length() < 0) {
            throw Refusal.malformed(NodeRule.VOLUME_FIELDS, "an extent of " + extent.path() + " ends beyond any disk");
        }
        return extent;
    }

    private static Path path(final Fields fields) {
        final String text = fields.text("path");
        try {
            final Path path = text == null ? null : Path.of(text);
            if (path == null || !path.isAbsolute() || path.getFileName() == null) {
                throw Refusal.malformed(NodeRule.VOLUME_FIELDS,
                    "\"path\" must be the whole path of a file or block device");
            }
            return DiskFile.real(path.normalize());
        } catch (final InvalidPathException e) {
            throw Refusal.malformed(NodeRule.VOLUME_FIELDS, "\"path\" is no path: " + e.getReason());
        }
    }

    private static void checkLengths(final VolumeConfig volume) {
        long sum = 0;
        for (final ExtentConfig extent : volume.extents()) {
            sum += extent.length();
        }
        if (sum != volume.size()) {
            throw Refusal.malformed(NodeRule.VOLUME_FIELDS,
                "\"sizeBytes\" must be the sum of the extents' lengths, " + sum);
        }
        final long stripe = volume.stripeLength();
        final long first = volume.extents().get(0).length();
        if (stripe != 0 && (Long.bitCount(stripe) != 1 || stripe > LONGEST_STRIPE)) {
            throw Refusal.malformed(NodeRule.VOLUME_FIELDS,
                "\"stripeBytes\" must be a power of two from 4096 to " + LONGEST_STRIPE);
        }
        if (stripe != 0 && volume.extents().stream().anyMatch(
            extent -> extent.length() != first || first % stripe != 0)) {
            throw Refusal.malformed(NodeRule.VOLUME_FIELDS,
                "the extents of a striped volume must all have one length, a multiple of its "
                + "stripe, " + stripe);
        }
    }
}
