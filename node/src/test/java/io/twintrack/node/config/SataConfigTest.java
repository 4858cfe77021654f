package io.twintrack.node.config;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What is said of a disk of type sata before it is opened. */
class SataConfigTest {
    private static final String WHERE = "line 11: hbas[0].volumes[0].extents[0].path = ";
    private static final String NO_WHOLE_DISK =
        "must be a whole SATA disk, such as /dev/disk/by-id/ata-..., /dev/sda or /dev/sg0, where type is sata";

    @TempDir
    Path folder;

    @BeforeEach
    void makeFiles() throws IOException {
        KeyFile.create(folder.resolve("host-b.key"));
        Files.write(folder.resolve("vol0.img"), new byte[1 << 20]);
    }

    private NodeConfig read(final String path) throws InvalidConfigException {
        return ConfigReader.read(folder.resolve("node.yaml"), """
            node: iqn.2026-11.io.twintrack:host-a
            hbas:
              - name: hba0
                peers:
                  - { name: host-b, iqn: "iqn.2026-11.io.twintrack:host-b", listen: 127.0.0.1:40001,
                      address: 127.0.0.1:40002, key-file: host-b.key }
                volumes:
                  - name: vol0
                    size: 1 MiB
                    extents:
                      - path: PATH
                        type: sata
                pairs:
                  - { name: pair0, volume: vol0, role: origin, peer: host-b }
            """.replace("PATH", path));
    }

    private void assertRejected(final String path, final String why) {
        final InvalidConfigException e = assertThrows(InvalidConfigException.class, () -> read(path));
        assertEquals(WHERE + '"' + path + "\": " + why, e.problems().get(0).toString());
        assertEquals(1, e.problems().size(), e::getMessage);
    }

    @Test
    void aDiskThatDoesNotExist() {
        assertRejected("/dev/disk/by-id/ata-absent",
            "does not exist; \"bin/twintrack disk list\" shows the disks there are");
    }

    /** A disk that was pulled leaves nothing, but a link of a person's own may stay. */
    @Test
    void aLinkThatLeadsNowhere() throws IOException {
        Files.createSymbolicLink(folder.resolve("disk"), folder.resolve("absent"));
        assertRejected(folder.resolve("disk").toString(),
            "does not exist; \"bin/twintrack disk list\" shows the disks there are");
    }

    @Test
    void aFileOrAFolderIsNoWholeDisk() {
        assertRejected("vol0.img", NO_WHOLE_DISK);
        assertRejected(folder.toString(), NO_WHOLE_DISK);
    }

    /** Which character devices are disks shows when it is opened: /dev/sg0 is one as well. */
    @Test
    void aCharacterDeviceIsTaken() throws Exception {
        assertEquals(ExtentConfig.DiskType.SATA,
            read("/dev/null").hbas().get(0).volumes().get(0).extents().get(0).type());
    }
}
