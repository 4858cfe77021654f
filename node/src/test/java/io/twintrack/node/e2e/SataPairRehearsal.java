package io.twintrack.node.e2e;

import io.twintrack.node.config.KeyFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** On the host, before the guest boots: the guest's pair, but on files, so that its classes are in the archive. */
@Timeout(120)
class SataPairRehearsal {
    @Test
    void aPairOnFiles(@TempDir final Path folder) throws Exception {
        KeyFile.create(folder.resolve("key"));
        SataPairHardware.writePair(image(folder, "origin"), image(folder, "target"), "uring", folder);
    }

    private static String image(final Path folder, final String name) throws IOException {
        final Path image = folder.resolve(name + ".img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SataPairHardware.SIZE);
        }
        return image.toString();
    }
}
