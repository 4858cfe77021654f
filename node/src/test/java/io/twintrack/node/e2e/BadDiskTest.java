package io.twintrack.node.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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
    /** Of ENOSPC in the NBD protocol. */
    private static final int NO_SPACE = 28;

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
            assertEquals(NbdSocket.EIO, client.write(4096, filled(8)));
            assertEquals(0, client.read(4096, 4096), "reads go on");
            Files.move(kept, pair.targetImage());
            pair.startTarget();
            pair.origin().awaitLogged(Pair.UP_TO_DATE, 2, 20);
            assertEquals(0, client.write(4096, filled(9)));
            pair.stopAndCompare();
        }
    }

    @Test
    void anOriginsDiskThatIsCutOffFailsReadsThereAndOnlyThere() throws IOException {
        try (Pair pair = pair().start(); NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            truncate(pair.originImage(), SIZE / 2);
            assertEquals(NbdSocket.EIO, client.read(SIZE - 4096, 4096), pair::toString);
            assertEquals(0, client.read(0, 4096));
            assertEquals(0, client.write(0, filled(1)));
            assertTrue(pair.origin().logged("pair vol0: disk error") > 0, pair::toString);
            assertTrue(pair.origin().isRunning() && pair.target().isRunning(), pair::toString);
            pair.origin().stop();
            pair.target().stop();
        }
    }

    @Test
    void aTargetsDiskThatIsCutOffIsFilledAgainByTheNextComparison() throws IOException {
        Tool.assumeInstalled("kill", "cmp");
        try (Pair pair = pair().start(); NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
            truncate(pair.targetImage(), SIZE / 2);
            assertEquals(0, client.write(0, filled(1)));
            pair.origin().signal("KILL");
            pair.startOrigin();
            pair.origin().awaitServing(20);
            assertEquals(1, pair.origin().logged("UP_TO_DATE: both sides are equal; [1-9]\\d* bytes were copied"),
                pair::toString);
            pair.stopAndCompare();
        }
    }

    /** The target's disk is a sparse file in a RAM file system that holds only a part of it. */
    @Test
    void aFullTargetDiskFailsWritesUntilThereIsRoom() throws IOException {
        fullDisk(false);
    }

    @Test
    void aFullOriginDiskFailsWritesUntilThereIsRoom() throws IOException {
        fullDisk(true);
    }

    private void fullDisk(final boolean ofOrigin) throws IOException {
        Tool.assumeInstalled("unshare", "nsenter", "cmp");
        try (Pair pair = pair().prepare()) {
            final Path image = ofOrigin ? pair.originImage() : pair.targetImage();
            final String mount = "mount -t tmpfs -o size=6m tmpfs '" + image.getParent() + '\'';
            assumeMounts(mount);
            final String yaml = Files.readString(image.resolveSibling("node.yaml"));
            final String[] prefix = inMountNamespace("cat '" + image.getParent() + "/node.yaml' > '" + folder
                + "/kept.yaml' && " + mount + " && cp '" + folder + "/kept.yaml' '" + image.getParent()
                + "/node.yaml' && truncate -s " + SIZE + " '" + image + '\'');
            assertFalse(yaml.isEmpty());
            if (ofOrigin) {
                pair.startTarget();
                pair.startOrigin(prefix);
            } else {
                pair.startTarget(prefix);
                pair.startOrigin();
            }
            pair.origin().awaitServing(30);
            try (NbdSocket client = new NbdSocket(pair.nbd(), "vol0")) {
                int failed = 0;
                for (int i = 0; i < 40; i++) {
                    final int error = client.write(i * 262144L, new byte[262144]);
                    assertTrue(error == 0 || error == NbdSocket.EIO || error == NO_SPACE, "error " + error);
                    failed += error == 0 ? 0 : 1;
                }
                assertTrue(failed > 0 && failed < 40, failed + " writes failed\n" + pair);
                assertEquals(0, client.read(0, 4096), pair::toString);
                assertTrue((ofOrigin ? pair.origin() : pair.target()).logged("disk error NO_SPACE") > 0
                    || pair.origin().logged("NO_SPACE") > 0, pair::toString);
                assertTrue(pair.origin().isRunning() && pair.target().isRunning(), pair::toString);
                final NodeProcess full = ofOrigin ? pair.origin() : pair.target();
                Tool.run(folder, 5, "nsenter", "-t", Long.toString(full.pid()), "-m", "mount", "-o",
                    "remount,size=64m", image.getParent().toString());
                pair.origin().awaitLogged(Pair.UP_TO_DATE, 2, 20);
                for (int i = 0; i < 40; i++) {
                    assertEquals(0, client.write(i * 262144L, filled(i)), pair::toString);
                }
                assertEquals(0, client.flush());
                final String inside = "/proc/" + full.pid() + "/root" + image;
                Tool.run(folder, 20, "cmp", inside, (ofOrigin ? pair.targetImage() : pair.originImage()).toString());
            }
            pair.origin().stop();
            pair.target().stop();
        }
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
