package io.twintrack.bench.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twintrack.bench.DiskFolder;
import io.twintrack.bench.Volumes;
import io.twintrack.bench.Workload;
import io.twintrack.node.config.ConfigReader;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.node.config.KeyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedNodeTest {

    @TempDir(factory = DiskFolder.class)
    private Path dir;

    @Test
    void writesConfigurationsThatTheNodeTakes() throws Exception {
        assumeTrue(!Files.getFileStore(dir).type().equals("tmpfs"), "skipped: the build folder is on tmpfs");
        final Volumes volumes = Volumes.create(dir, dir, 1 << 20);
        volumes.writeZeros();
        KeyFile.create(dir.resolve("embedded.key"));
        final HbaConfig origin = hba(EmbeddedNode.config("origin", "target", 4001, 4002, volumes.origin(), volumes));
        final HbaConfig target = hba(EmbeddedNode.config("target", "origin", 4002, 4001, volumes.target(), volumes));
        assertEquals(origin.peers().get(0).listen(), target.peers().get(0).address());
        assertEquals(target.peers().get(0).listen(), origin.peers().get(0).address());
        for (final Workload workload : Workload.values()) {
            assertTrue(workload.blockSize() <= origin.memory().slotLength(), workload.label());
        }
    }

    private HbaConfig hba(final String text) throws Exception {
        return ConfigReader.read(Files.writeString(dir.resolve("node.yaml"), text)).hbas().get(0);
    }
}
