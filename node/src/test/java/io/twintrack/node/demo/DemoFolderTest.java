package io.twintrack.node.demo;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.config.Endpoint;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.node.config.PairConfig.Role;
import io.twintrack.node.config.PeerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DemoFolderTest {
    private static final long SIZE = 1 << 20;
    private static final Endpoint NBD = new Endpoint("127.0.0.1", 20809);

    @TempDir
    Path temp;

    @Test
    void makesImagesOfZerosAndConfigurationsThatFit() throws Exception {
        final DemoFolder folder = DemoFolder.prepare(temp.resolve("new"), SIZE, NBD);
        assertArrayEquals(new byte[(int) SIZE], Files.readAllBytes(temp.resolve("new/origin/vol0.img")));
        assertArrayEquals(new byte[(int) SIZE], Files.readAllBytes(temp.resolve("new/target/vol0.img")));
        final HbaConfig origin = folder.config(Side.ORIGIN).hbas().get(0);
        final HbaConfig target = folder.config(Side.TARGET).hbas().get(0);
        final PeerConfig toTarget = origin.peers().get(0);
        final PeerConfig toOrigin = target.peers().get(0);
        assertEquals(toTarget.listen(), toOrigin.address());
        assertEquals(toTarget.address(), toOrigin.listen());
        assertNotEquals(toTarget.listen(), toTarget.address());
        assertEquals(folder.config(Side.TARGET).iqn(), toTarget.iqn());
        assertEquals(NBD, origin.nbd().listen());
        assertEquals(List.of("vol0"), target.nbd().exports());
        assertNotEquals(NBD, target.nbd().listen());
        assertEquals(Role.TARGET, target.pairs().get(0).role());
        assertEquals(SIZE, origin.volume("vol0").size());
    }

    @Test
    void keepsWhatIsThere() throws Exception {
        DemoFolder.prepare(temp, SIZE, NBD);
        final Path image = temp.resolve("origin/vol0.img");
        Files.write(image, new byte[] {1, 2, 3}, StandardOpenOption.WRITE);
        final String origin = Files.readString(temp.resolve("origin/node.yaml"));
        final String target = Files.readString(temp.resolve("target/node.yaml"));
        DemoFolder.prepare(temp, null, null);
        assertEquals(3, Files.readAllBytes(image)[2]);
        assertEquals(SIZE, Files.size(image));
        assertEquals(origin, Files.readString(temp.resolve("origin/node.yaml")));
        assertEquals(target, Files.readString(temp.resolve("target/node.yaml")));
    }

    @Test
    void makesALostConfigurationToFitTheOther() throws Exception {
        for (final Side lost : Side.values()) {
            DemoFolder.prepare(temp, SIZE, NBD);
            final Path config = temp.resolve(lost.word()).resolve("node.yaml");
            final String before = Files.readString(config);
            Files.delete(config);
            DemoFolder.prepare(temp, null, NBD);
            assertEquals(withoutOwnPort(before, lost), withoutOwnPort(Files.readString(config), lost));
        }
    }

    /** Where clients attach to the target is nobody's business but its own: a free port each time. */
    private static String withoutOwnPort(final String config, final Side side) {
        return side == Side.ORIGIN ? config : config.substring(0, config.lastIndexOf("listen:"));
    }

    @Test
    void refusesAnotherSize() throws Exception {
        DemoFolder.prepare(temp, SIZE, NBD);
        final CommandFailedException e =
            assertThrows(CommandFailedException.class, () -> DemoFolder.prepare(temp, 2 * SIZE, NBD));
        assertEquals(temp.resolve("origin/vol0.img") + " has 1 MiB where 2 MiB are asked for; "
            + "give its size, or another folder", e.getMessage());
    }

    @Test
    void saysWhenThereIsNoRoom() {
        final CommandFailedException e =
            assertThrows(CommandFailedException.class, () -> DemoFolder.prepare(temp, 1L << 49, NBD));
        assertTrue(e.getMessage().startsWith("there is no room in " + temp + ": it has "), e.getMessage());
    }

    @Test
    void saysWhenAFileStandsInTheWay() throws IOException {
        final Path file = Files.createFile(temp.resolve("file"));
        final CommandFailedException e =
            assertThrows(CommandFailedException.class, () -> DemoFolder.prepare(file, SIZE, NBD));
        assertTrue(e.getMessage().startsWith("the demo's files in " + file + " cannot be made: "), e.getMessage());
    }
}
