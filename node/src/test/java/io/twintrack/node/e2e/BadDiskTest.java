package io.twintrack.node.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Disks that are full, too small, read-only, gone, cut off or in use. Each gets a clear word and nothing hangs. */
class BadDiskTest {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_CONFIGURATION = 3;
    private static final int SIZE = 16 << 20;

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    private Pair pair() {
        return new Pair(folder).size(SIZE);
    }

    @Test
    void aDiskThatIsTooSmallOrAbsentIsAnErrorOfTheConfiguration() throws IOException {
        try (Pair pair = pair().prepare()) {
            truncate(pair.targetImage(), SIZE / 2);
            assertRefused(pair.startTarget(), EXIT_CONFIGURATION, "is too small");
            Files.delete(pair.originImage());
            assertRefused(pair.startOrigin(), EXIT_CONFIGURATION, "does not exist");
        }
    }

    private static void assertRefused(final NodeProcess node, final int exitCode, final String reason) {
        try (node) {
            assertEquals(exitCode, node.awaitEnd(20), node::toString);
            assertTrue(node.log().contains(reason) && node.log().contains("vol0.img"), node::toString);
            assertFalse(node.log().contains("\tat "), () -> "a stack trace helps nobody here: " + node);
        }
    }

    @Test
    void aReadOnlyDiskIsRefused() {
        Tool.assumeInstalled("unshare");
        try (Pair pair = pair().prepare()) {
            final String image = pair.targetImage().toString();
            assumeMounts("mount --bind '" + image + "' '" + image + "' && mount -o remount,bind,ro '" + image + "'");
            assertRefused(pair.startTarget(inMountNamespace(
                "mount --bind '" + image + "' '" + image + "' && mount -o remount,bind,ro '" + image + "'")),
                EXIT_CONFIGURATION, "may not be read and written");
        }
    }

    @Test
    void aDiskInUseIsRefusedAndItsOwnerDoesNotNotice() throws IOException {
        Tool.assumeInstalled("cmp");
        try (Pair pair = pair().start(); NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            final Path other = folder.resolve("other/node.yaml");
            Files.createDirectories(other.getParent());
            Files.writeString(other, Files.readString(pair.config("target"))
                .replace("listen: 127.0.0.1:" + pair.targetAddress().getPort(), "listen: 127.0.0.1:" + Ports.udp())
                .replace("path: vol0.img", "path: " + pair.targetImage()));
            assertRefused(NodeProcess.start(other), EXIT_FAILED, "is in use by another process");
            assertEquals(0, client.write(0, new byte[4096]));
            pair.stopAndCompare();
        }
    }

    @Test
    void aDiskThatIsRemovedServesUntilTheNodeEnds() throws IOException {
        Tool.assumeInstalled("cmp");
        try (Pair pair = pair().link("reply-timeout", "300 ms").link("tries", 4).start();
            NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            final Path kept = folder.resolve("kept.img");
            Files.createLink(kept, pair.targetImage());
            Files.delete(pair.targetImage());
            assertEquals(0, client.write(4096, filled(7)));
            assertEquals(0, client.flush());
            pair.target().stop();
            assertRefused(pair.startTarget(), EXIT_CONFIGURATION, "does not exist");
            assertEquals(0, client.write(4096, filled(8)));
            assertTrue(pair.is("origin", "severed"), pair::toString);
            Files.move(kept, pair.targetImage());
            pair.startTarget();
            pair.awaitUpToDate();
            assertEquals(0, client.write(4096, filled(9)));
            pair.stopAndCompare();
        }
    }

    @Test
    void whatTheOriginCannotReadIsReadFromTheTargetAndMended() throws IOException {
        Tool.assumeInstalled("cmp");
        try (Pair pair = pair().start(); NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            assertEquals(0, client.write(SIZE - 4096, filled(5)));
            truncate(pair.originImage(), SIZE / 2);
            assertEquals(0, client.read(SIZE - 4096, 4096), pair::toString);
            assertArrayEquals(filled(5), client.data());
            assertEquals(SIZE, Files.size(pair.originImage()), "the block is written again");
            assertEquals(1, pair.origin().logged("pair vol0: this node's disk answered"), pair::toString);
            assertEquals(0, client.write(0, filled(1)));
            assertTrue(pair.is("origin", "up-to-date"), pair::toString);
            pair.stopAndCompare();
        }
    }

    @Test
    void aTargetsDiskThatWasCutOffIsFoundByVerifyAndRepaired() throws IOException {
        Tool.assumeInstalled("cmp");
        try (Pair pair = pair().start(); NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            assertEquals(0, client.write(SIZE - 4096, filled(5)));
            pair.target().stop();
            truncate(pair.targetImage(), SIZE / 2);
            try (RandomAccessFile image = new RandomAccessFile(pair.targetImage().toFile(), "rw")) {
                image.setLength(SIZE);
            }
            pair.startTarget();
            pair.awaitUpToDate();
            final String said = pair.command("origin").fail(
                1, "1 ranges of pair vol0 differ", "pair", "verify", "vol0", "--wait");
            assertTrue(said.contains("differs at byte "), said);
            pair.command("origin").run("pair", "verify", "vol0", "--repair-from", "primary", "--wait");
            pair.stopAndCompare();
        }
    }

    /** The disk is a sparse file in a RAM file system that holds only a part of it. */
    @Test
    void withAFullTargetDiskTheOriginGoesOnAloneUntilAPersonMakesRoom() throws IOException {
        try (Pair pair = withFullDisk(false); NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            fill(client);
            assertTrue(pair.origin().logged("answered NO_SPACE to WRITE") > 0, pair::toString);
            pair.awaitState("origin", "severed");
            assertEquals("error", pair.status("origin").path("severedBy").asText());
            assertEquals(0, client.flush());
            Tool.run(folder, 5, "nsenter", "-t", Long.toString(pair.target().pid()), "-m", "mount", "-o",
                "remount,size=64m", folder + "/target/disk");
            Wait.pass(1);
            assertTrue(pair.is("origin", "severed"), "an error is for a person");
            pair.command("origin").run("pair", "reestablish", "vol0", "--wait");
            assertEquals(0, client.write(0, filled(9)));
            Tool.run(folder, 20, "cmp", "/proc/" + pair.target().pid() + "/root" + folder + "/target/disk/vol0.img",
                pair.originImage().toString());
        }
    }

    @Test
    void withAFullOriginDiskTheTargetGoesOnAndFillsANewDisk() throws IOException {
        try (Pair pair = withFullDisk(true)) {
            try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
                fill(client);
                assertTrue(pair.origin().logged("this node's disk answered NO_SPACE") > 0, pair::toString);
                assertEquals("failed", pair.status("origin").path("side").asText(), pair::toString);
                assertEquals(0, client.flush());
                assertEquals(0, client.read(39 * 262144L, 4096));
                assertArrayEquals(filled(40), client.data());
            }
            pair.origin().stop();
            // Another disk in the place of the full one: nothing is guessed about it.
            pair.startOrigin();
            pair.origin().awaitLogged("If the disk was replaced", 1, 20);
            Wait.pass(1);
            assertFalse(pair.origin().isServing(), pair::toString);
            pair.command("origin").run("pair", "accept-disk", "vol0");
            pair.origin().awaitServing(20);
            pair.awaitUpToDate();
            try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
                assertEquals(0, client.read(39 * 262144L, 4096));
                assertArrayEquals(filled(40), client.data());
                assertEquals(0, client.write(0, filled(9)));
            }
            pair.origin().stop();
            pair.target().stop();
            Pair.assertImagesEqual(folder.resolve("origin/disk/vol0.img"), pair.targetImage());
        }
    }

    /** All writes go on, whichever disk is full. */
    private static void fill(final NbdSocket client) throws IOException {
        for (int i = 0; i < 40; i++) {
            final byte[] bytes = new byte[262144];
            java.util.Arrays.fill(bytes, (byte) (i + 1));
            assertEquals(0, client.write(i * 262144L, bytes), "write " + i);
        }
    }

    /** Serves, with room for 6 MiB below the 16 of the volume. The disk outside of the mount is another one. */
    private Pair withFullDisk(final boolean ofOrigin) throws IOException {
        Tool.assumeInstalled("unshare", "nsenter", "cmp");
        final Pair pair = pair().prepare();
        final String side = ofOrigin ? "origin" : "target";
        final Path config = pair.config(side);
        final Path disk = Files.createDirectories(config.resolveSibling("disk"));
        final String mount = "mount -t tmpfs -o size=6m tmpfs '" + disk + '\'';
        assumeMounts(mount);
        Files.writeString(config, Files.readString(config).replace("path: vol0.img", "path: disk/vol0.img"));
        Files.write(disk.resolve("vol0.img"), new byte[SIZE]);
        final String[] prefix = inMountNamespace(mount + " && truncate -s " + SIZE + " '" + disk + "/vol0.img'");
        pair.startTarget(ofOrigin ? new String[0] : prefix);
        pair.startOrigin(ofOrigin ? prefix : new String[0]);
        pair.awaitUpToDate();
        return pair;
    }

    /** Runs the rest of a command line where the mounts are its own and end with it. */
    private static String[] inMountNamespace(final String mounts) {
        return new String[] {"unshare", "-m", "--", "sh", "-c", mounts + " && exec \"$@\"", "sh"};
    }

    private void assumeMounts(final String mounts) {
        try (Tool tool = Tool.start(folder, "unshare", "-m", "--", "sh", "-c", mounts)) {
            assumeTrue(tool.await(10) == 0, () -> "this user may not mount: " + tool.output());
        }
    }

    private static void truncate(final Path image, final long size) throws IOException {
        assertNotEquals(size, Files.size(image));
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.WRITE)) {
            file.truncate(size);
        }
    }

    private static byte[] filled(final int value) {
        final byte[] bytes = new byte[4096];
        java.util.Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
