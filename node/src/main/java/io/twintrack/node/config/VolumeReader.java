package io.twintrack.node.config;

import io.twintrack.node.config.ExtentConfig.DiskType;
import io.twintrack.node.config.VolumeConfig.Layout;

import java.nio.file.Path;
import java.util.List;

/** Reads the section of one volume and looks at the disks that it names. */
final class VolumeReader {
    private static final long BLOCK = 4 << 10;
    private static final long LARGEST = 1L << 50;

    private final Path folder;
    private final Claims claims;

    VolumeReader(final Path folder, final Claims claims) {
        this.folder = folder;
        this.claims = claims;
    }

    VolumeConfig read(final Section section) {
        try (section) {
            final String name = section.required("name", Form.name());
            claims.claim("volume name", name, section, "name");
            final Long size = section.required("size", Form.size(BLOCK, LARGEST, BLOCK));
            final Layout layout = section.optional("layout", Form.oneOf(Layout.class), Layout.LINEAR);
            final long stripe = stripe(section, layout);
            final List<Section> extentSections = section.sections("extents");
            final boolean alone = extentSections.size() == 1;
            final List<ExtentConfig> extents =
                extentSections.stream().map(extent -> extent(extent, alone, size)).toList();
            final boolean sizesKnown = size != null && extents.stream().noneMatch(extent -> extent.length() == 0);
            if (sizesKnown && !extents.isEmpty()) {
                checkLengths(section, size, stripe, extents);
            }
            return new VolumeConfig(name, size == null ? 0 : size, layout, stripe, extents);
        }
    }

    private static long stripe(final Section section, final Layout layout) {
        final boolean striped = layout == Layout.STRIPED;
        if (!striped && section.has("stripe")) {
            section.reject("stripe", "must stand only beside \"layout: striped\"");
        }
        final long stripe = section.optional("stripe", Form.powerOfTwoSize(BLOCK, 1 << 30), 64L << 10);
        return striped ? stripe : 0;
    }

    private ExtentConfig extent(final Section section, final boolean alone, final Long size) {
        try (section) {
            final String path = section.required("path", Form.path());
            final DiskType type = section.optional("type", Form.oneOf(DiskType.class), DiskType.URING);
            final long offset = section.optional("offset", Form.size(0, LARGEST, BLOCK), 0L);
            final Form<Long> lengthForm = Form.size(BLOCK, LARGEST, BLOCK);
            final Long length = alone
                ? section.optional("length", lengthForm, size) : section.required("length", lengthForm);
            final Path disk = folder.resolve(path == null ? "" : path).normalize();
            final ExtentConfig extent = new ExtentConfig(disk, type, offset, length == null ? 0 : length);
            if (path != null && length != null) {
                claims.claim(extent, section);
                Disks.check(extent, section);
            }
            return extent;
        }
    }

    private static void checkLengths(
        final Section section, final long size, final long stripe, final List<ExtentConfig> extents) {
        final long sum = extents.stream().mapToLong(ExtentConfig::length).sum();
        if (sum != size) {
            section.reject("size", "must be the sum of the extents' lengths, " + Units.sizeText(sum));
        }
        final long first = extents.get(0).length();
        if (stripe != 0 && extents.stream().anyMatch(extent -> extent.length() != first || first % stripe != 0)) {
            section.reject("extents", "must all have one length, a multiple of the stripe, "
                + Units.sizeText(stripe));
        }
    }
}
