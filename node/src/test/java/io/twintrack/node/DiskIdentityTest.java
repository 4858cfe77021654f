package io.twintrack.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twintrack.node.config.ExtentConfig;
import io.twintrack.node.config.ExtentConfig.DiskType;
import io.twintrack.node.config.VolumeConfig;
import io.twintrack.node.config.VolumeConfig.Layout;
import io.twintrack.uring.FileBirth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskIdentityTest {
    private static final int LENGTH = 1 << 20;

    @TempDir
    private Path folder;

    private Path image(final String name) throws IOException {
        return Files.write(folder.resolve(name), new byte[1]);
    }

    private static VolumeConfig on(final Path... images) {
        final List<ExtentConfig> extents = Arrays.stream(images)
            .map(image -> new ExtentConfig(image, DiskType.URING, 0, LENGTH)).toList();
        return new VolumeConfig("vol0", (long) LENGTH * images.length, Layout.LINEAR, 0, extents);
    }

    @Test
    void anImageIsKnownAgainWhateverIsWrittenToIt() throws IOException {
        final Path image = image("vol0.img");
        final String before = DiskIdentity.of(on(image));
        Files.write(image, new byte[LENGTH]);
        assertEquals(before, DiskIdentity.of(on(image)));
        assertEquals(before, DiskIdentity.of(on(Files.move(image, folder.resolve("moved.img")))));
    }

    /** Its inode is often that of the one which was removed: it would be taken for the old one, without its bytes. */
    @Test
    void anImageThatIsMadeAnewIsAnother() throws IOException {
        final Path image = image("vol0.img");
        assumeTrue(FileBirth.of(image).isPresent(), "this file system does not keep when a file was made");
        final String before = DiskIdentity.of(on(image));
        for (int i = 0; i < 100; i++) {
            Files.delete(image);
            assertNotEquals(before, DiskIdentity.of(on(image("vol0.img"))));
        }
    }

    @Test
    void eachImageCounts() throws IOException {
        final Path[] images = {image("a"), image("b"), image("c"), image("d"), image("e"), image("f")};
        final String all = DiskIdentity.of(on(images));
        assertEquals("sha256 ".length() + 64, all.length(), all);
        images[5] = image("g");
        assertNotEquals(all, DiskIdentity.of(on(images)));
    }
}
