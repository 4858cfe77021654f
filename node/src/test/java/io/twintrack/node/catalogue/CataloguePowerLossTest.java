package io.twintrack.node.catalogue;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.catalogue.VolatileFolder.Content;
import io.twintrack.node.catalogue.VolatileFolder.Crash;
import io.twintrack.node.catalogue.VolatileFolder.Names;
import io.twintrack.node.config.ExtentConfig;
import io.twintrack.node.config.VolumeConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Power is lost before any step of a change, the first one of all included, and before any step of the start after it:
 * the next start always finds the tables of before or those of after, and takes changes.
 */
class CataloguePowerLossTest {
    private static final String IQN = "iqn.2026-11.io.twintrack:host-a";
    /** Four for each of two copies: with so many a change ends. */
    private static final int STEPS = 8;

    @TempDir
    Path folder;
    private final Set<String> seen = new HashSet<>();
    private int folders;
    private int crashes;

    @Test
    void everyLossOfPowerLeavesTheTablesOfBeforeOrAfter() throws Exception {
        Path state = newFolder();
        for (int number = 0; number < 3; number++) {
            final Tables before = tables(number);
            final Tables after = tables(number + 1);
            for (int steps = 0; steps <= STEPS; steps++) {
                loseDuringChange(state, before, after, steps);
            }
            state = copy(state);
            Catalogue.open(IQN, state).change(after);
        }
        assertEquals(3 * STEPS, crashes);
    }

    private void loseDuringChange(final Path state, final Tables before, final Tables after, final int steps)
        throws Exception {
        for (final Names names : Names.values()) {
            for (final Content content : Content.values()) {
                final Path changed = copy(state);
                final VolatileFolder disk = new VolatileFolder(changed, steps);
                final boolean ended = change(disk, changed, after);
                crashes += ended || names != Names.OLD || content != Content.OLD ? 0 : 1;
                final Path left = newFolder();
                disk.loseIn(left, names, content);
                final String what = after.volumes().size() + ". change, after " + steps + " steps, names " + names
                    + ", content " + content;
                if (isNew("changed", left, ended ? after : before, after)) {
                    loseDuringStart(left, ended ? after : before, after, what);
                }
            }
        }
    }

    /** @return whether it ended before the crash. */
    private static boolean change(final VolatileFolder disk, final Path in, final Tables after) throws Exception {
        try {
            Catalogue.open(IQN, in, disk).change(after);
            return true;
        } catch (final Crash e) {
            return false;
        }
    }

    private void loseDuringStart(final Path left, final Tables before, final Tables after, final String what)
        throws Exception {
        boolean ended = false;
        for (int steps = 0; !ended; steps++) {
            for (final Names names : Names.values()) {
                final Path started = copy(left);
                final VolatileFolder disk = new VolatileFolder(started, steps);
                ended = start(disk, started, what);
                final Path again = newFolder();
                disk.loseIn(again, names, Content.HALF);
                if (isNew("started", again, before, after)) {
                    assertWhole(again, before, after, what + ", start lost after " + steps + " steps");
                }
            }
        }
    }

    /** @return whether it ended before the crash. */
    private static boolean start(final VolatileFolder disk, final Path in, final String what) {
        try {
            Catalogue.open(IQN, in, disk);
            return true;
        } catch (final Crash e) {
            return false;
        } catch (final CommandFailedException e) {
            throw new AssertionError(what + ": the node does not start: " + e.getMessage(), e);
        }
    }

    private void assertWhole(final Path state, final Tables before, final Tables after, final String what)
        throws Exception {
        try {
            // Without a crash, and without waiting for a real disk.
            final Catalogue found = Catalogue.open(IQN, state, new VolatileFolder(state, Integer.MAX_VALUE));
            assertTrue(found.tables().equals(before) || found.tables().equals(after),
                () -> what + ": " + found.tables());
            found.change(tables(7));
            assertEquals(tables(7), Catalogue.open(IQN, state).tables(), what);
        } catch (final CommandFailedException e) {
            throw new AssertionError(what + ": the node does not start: " + e.getMessage(), e);
        }
    }

    private static Tables tables(final int volumes) {
        Tables tables = Tables.EMPTY;
        for (int i = 0; i < volumes; i++) {
            tables = tables.with(new VolumeEntry("hba0", true, new VolumeConfig("vol" + i, 8192,
                VolumeConfig.Layout.LINEAR, 0,
                List.of(new ExtentConfig(Path.of("/vol" + i + ".img"), ExtentConfig.DiskType.URING, 0, 8192)))));
        }
        return tables;
    }

    /** Most losses leave what others left: one look at each is enough. */
    private boolean isNew(final String when, final Path left, final Tables before, final Tables after)
        throws Exception {
        final StringBuilder all =
            new StringBuilder(when).append(before.volumes().size()).append(after.volumes().size());
        try (var files = Files.list(left)) {
            for (final Path file : files.sorted().toList()) {
                all.append(file.getFileName()).append(Files.readString(file));
            }
        }
        return seen.add(all.toString());
    }

    private Path newFolder() throws Exception {
        return Files.createDirectory(folder.resolve("state" + folders++));
    }

    private Path copy(final Path state) throws Exception {
        final Path copy = newFolder();
        try (var files = Files.list(state)) {
            for (final Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }
}
