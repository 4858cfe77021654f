package io.twintrack.node.catalogue;

import io.twintrack.engine.pair.Mode;
import io.twintrack.node.CommandFailedException;
import io.twintrack.node.config.ExtentConfig;
import io.twintrack.node.config.PairConfig;
import io.twintrack.node.config.VolumeConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CatalogueTest {
    private static final String IQN = "iqn.2026-11.io.twintrack:host-a";
    private static final VolumeEntry VOLUME = new VolumeEntry("hba0", true, new VolumeConfig(
        "vol1", 8192, VolumeConfig.Layout.LINEAR, 0,
        List.of(new ExtentConfig(Path.of("/a:b/vol1.img"), ExtentConfig.DiskType.URING, 0, 8192))));
    private static final PairEntry PAIR = new PairEntry(
        "hba0", new PairConfig("pair1", "vol1", PairConfig.Role.TARGET, "host-b", Mode.MEMORY, 8192), "other");

    @TempDir
    Path folder;
    private Path copyA;
    private Path copyB;

    @BeforeEach
    void nameCopies() {
        copyA = folder.resolve("catalogue-a.json");
        copyB = folder.resolve("catalogue-b.json");
    }

    @Test
    void whatWasChangedIsReadAgain() throws Exception {
        final Tables tables = Tables.EMPTY.with(VOLUME).with(PAIR);
        final Catalogue catalogue = open();
        assertEquals(Tables.EMPTY, catalogue.tables());
        catalogue.change(tables);
        assertEquals(tables, catalogue.tables());
        assertEquals(tables, open().tables());
        assertArrayEquals(Files.readAllBytes(copyA), Files.readAllBytes(copyB));
    }

    @Test
    void everyFlippedBitAndEveryCutIsFound() throws Exception {
        open().change(Tables.EMPTY.with(VOLUME));
        final byte[] good = Files.readAllBytes(copyA);
        for (int i = 0; i < good.length; i++) {
            final byte[] flipped = good.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            assertMended(copyA, flipped, good);
            assertMended(copyB, Arrays.copyOf(good, i), good);
        }
        assertMended(copyA, Arrays.copyOf(good, good.length + 1), good);
        assertMended(copyB, new byte[good.length], good);
    }

    private void assertMended(final Path copy, final byte[] bad, final byte[] good) throws Exception {
        Files.write(copy, bad);
        assertEquals(Tables.EMPTY.with(VOLUME), open().tables(), () -> Arrays.toString(bad));
        assertArrayEquals(good, Files.readAllBytes(copy));
    }

    @Test
    void aCrashBetweenTheCopiesLeavesTheOneOrTheOther() throws Exception {
        open().change(Tables.EMPTY.with(VOLUME));
        final byte[] before = Files.readAllBytes(copyA);
        open().change(Tables.EMPTY.with(VOLUME).with(PAIR));
        final byte[] after = Files.readAllBytes(copyA);
        for (int torn = 0; torn < after.length; torn += 7) {
            Files.write(copyA, Arrays.copyOf(after, torn));
            Files.write(copyB, before);
            assertEquals(Tables.EMPTY.with(VOLUME), open().tables());
            Files.write(copyA, after);
            Files.write(copyB, Arrays.copyOf(after, torn));
            assertEquals(Tables.EMPTY.with(VOLUME).with(PAIR), open().tables());
        }
        Files.write(copyA, after);
        Files.write(copyB, before);
        assertEquals(Tables.EMPTY.with(VOLUME).with(PAIR), open().tables());
        assertArrayEquals(after, Files.readAllBytes(copyB));
    }

    @Test
    void aCopyThatIsGoneIsWrittenAgain() throws Exception {
        open().change(Tables.EMPTY.with(VOLUME));
        Files.delete(copyA);
        assertEquals(Tables.EMPTY.with(VOLUME), open().tables());
        assertTrue(Files.exists(copyA));
    }

    @Test
    void withoutACopyToTrustTheNodeSaysWhatToDo() throws Exception {
        open().change(Tables.EMPTY.with(VOLUME));
        final byte[] good = Files.readAllBytes(copyA);
        Files.write(copyA, new byte[0]);
        Files.delete(copyB);
        assertRefused("Put back one of them from a backup");
        Files.write(copyB, Arrays.copyOf(good, good.length / 2));
        assertRefused("its checksum does not match");
    }

    @Test
    void randomBytesAreNoCatalogue() throws Exception {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            final byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            Files.write(copyA, bytes);
            Files.write(copyB, bytes);
            assertThrows(CommandFailedException.class, this::open, () -> "seed " + seed);
        }
    }

    @Test
    void anotherNodesCatalogueIsRefused() throws Exception {
        open().change(Tables.EMPTY);
        final CommandFailedException e = assertThrows(CommandFailedException.class,
            () -> Catalogue.open("iqn.2026-11.io.twintrack:host-b", folder));
        assertTrue(e.getMessage().contains("belongs to " + IQN), e.getMessage());
    }

    @Test
    void aChangeThatCannotBeWrittenIsNoChange() throws Exception {
        final Catalogue catalogue = open();
        catalogue.change(Tables.EMPTY.with(VOLUME));
        Files.delete(copyB);
        Files.createDirectory(copyB);
        assertThrows(IOException.class, () -> catalogue.change(Tables.EMPTY));
        assertEquals(Tables.EMPTY.with(VOLUME), catalogue.tables());
        Files.delete(copyB);
        catalogue.change(Tables.EMPTY.with(PAIR));
        assertEquals(Tables.EMPTY.with(PAIR), open().tables());
    }

    private void assertRefused(final String expected) {
        final CommandFailedException e = assertThrows(CommandFailedException.class, this::open);
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    private Catalogue open() throws CommandFailedException {
        return Catalogue.open(IQN, folder);
    }
}
