package io.twintrack.node.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Clients that nobody here wrote use the volume, and both images are the same afterwards. */
class RealClientsTest {
    @TempDir(factory = WorkFolder.class)
    private Path folder;

    @Test
    void fioReadsBackWhatItWroteInRandomPieces() {
        Tool.assumeInstalled("fio", "cmp");
        final long seed = System.nanoTime() >>> 16;
        try (Pair pair = new Pair(folder).start()) {
            pair.verify(seed, 30);
            pair.verify(seed + 1, 30, "--fsync=64", "--iodepth=3", "--size=8M");
            pair.stopAndCompare();
            assertTrue(pair.target().counted("payload bytes received") >= pair.size() / 2, pair::toString);
            assertTrue(pair.origin().counted("flush requests") > 0, pair::toString);
        }
    }

    @Test
    void qemuIoFindsItsPatternsWithForcedWritesDiscardAndZeroes() {
        Tool.assumeInstalled("qemu-io", "qemu-img", "cmp");
        try (Pair pair = new Pair(folder).start()) {
            qemuIo(pair,
                "write -P 0x11 0 8M", "write -f -P 0x22 1M 64k", "write -f -P 0x23 1000 3000",
                "discard 2M 1M", "write -z 4M 512k", "write -z -u 5M 512k", "write -z -f 6M 4k",
                    "write -f -P 0x33 5M 4k",
                "aio_write -P 0x44 10M 3M", "aio_write -P 0x55 13M 1M", "aio_flush", "flush");
            final String[] reads = {
                "read -P 0x23 1000 3000", "read -P 0x11 4000 64k", "read -P 0x22 1M 64k", "read -P 0 2M 1M",
                "read -P 0x11 3M 1M", "read -P 0 4M 512k", "read -P 0x33 5M 4k", "read -P 0 5124k 508k",
                "read -P 0 6M 4k", "read -P 0x11 6148k 4k", "read -P 0x44 10M 3M", "read -P 0x55 13M 1M",
                "read -P 0 14M 18M"};
            qemuIo(pair, reads);
            pair.stopAndCompare();
            for (final Path image : List.of(pair.originImage(), pair.targetImage())) {
                qemuIo(image.toString(), reads);
            }
        }
    }

    private void qemuIo(final Pair pair, final String... commands) {
        qemuIo(pair.uri(), commands);
    }

    private void qemuIo(final String image, final String... commands) {
        final List<String> words = new ArrayList<>(List.of("qemu-io", "-f", "raw"));
        for (final String command : commands) {
            words.addAll(List.of("-c", command));
        }
        words.add(image);
        final String output = Tool.run(folder, 30, words);
        assertFalse(output.contains("failed"), output);
    }

    @Test
    void nbdcopyBringsRandomBytesInAndOut() throws IOException {
        Tool.assumeInstalled("nbdcopy", "cmp");
        final long seed = System.nanoTime();
        final byte[] bytes = new byte[32 << 20];
        new Random(seed).nextBytes(bytes);
        final Path in = folder.resolve("in");
        final Path out = folder.resolve("out");
        Files.write(in, bytes);
        try (Pair pair = new Pair(folder).start()) {
            Tool.run(folder, 30, "nbdcopy", "--flush", in.toString(), pair.uri());
            Tool.run(folder, 30, "nbdcopy", pair.uri(), out.toString());
            Pair.assertImagesEqual(in, out);
            pair.stopAndCompare();
            Pair.assertImagesEqual(in, pair.targetImage());
        }
    }

    /** As a backup program asks for them. */
    @Test
    void whatChangedSinceASeverIsADirtyBitmap() throws Exception {
        Tool.assumeInstalled("qemu-io", "nbdinfo");
        try (Pair pair = new Pair(folder).start()) {
            qemuIo(pair, "write -P 1 1M 64k");
            assertEquals(List.of("0 33554432 0"), dirty(pair));
            pair.command("origin").run("pair", "sever", "vol0");
            qemuIo(pair, "write -P 2 2M 64k", "write -P 3 8195072 512", "write -P 4 31M 1M");
            assertEquals(List.of("0 2097152 0", "2097152 65536 1", "2162688 6029312 0", "8192000 4096 1",
                "8196096 24309760 0", "32505856 1048576 1"), dirty(pair));
            pair.command("origin").run("pair", "reestablish", "vol0");
            pair.awaitUpToDate();
            assertEquals(List.of("0 33554432 0"), dirty(pair));
            pair.stopAndCompare();
        }
    }

    /** Offset, length and flag of each extent. */
    private List<String> dirty(final Pair pair) {
        return Tool.run(folder, 30, "nbdinfo", "--map=qemu:dirty-bitmap:changed", pair.uri()).lines()
            .map(line -> String.join(" ", List.of(line.strip().split("\\s+")).subList(0, 3))).toList();
    }

    @Test
    void aUnixSocketIsAnotherWayToTheSameVolume() throws IOException {
        Tool.assumeInstalled("nbdcopy", "qemu-io", "cmp");
        final Path socket = folder.resolve("nbd.sock");
        final String unix = "nbd+unix:///vol0?socket=" + socket;
        final byte[] bytes = new byte[32 << 20];
        new Random(7).nextBytes(bytes);
        final Path in = folder.resolve("in");
        final Path out = folder.resolve("out");
        Files.write(in, bytes);
        try (Pair pair = new Pair(folder).originSections("      unix: " + socket + '\n').start()) {
            Tool.run(folder, 30, "nbdcopy", "--flush", in.toString(), unix);
            Tool.run(folder, 30, "nbdcopy", pair.uri(), out.toString());
            Pair.assertImagesEqual(in, out);
            qemuIo(pair, "write -P 5 1M 1M");
            qemuIo(unix, "read -P 5 1M 1M");
            pair.origin().signal("KILL");
            // The name that a killed node left is taken over.
            pair.startOrigin().awaitServing(30);
            qemuIo(unix, "read -P 5 1M 1M");
            pair.stopAndCompare();
            assertFalse(Files.exists(socket));
        }
    }

    @Test
    void whatWasAnsweredIsOnBothSides() throws IOException {
        Tool.assumeInstalled("nbdsh", "cmp");
        // Twice the longest write of the protocol.
        try (Pair pair = new Pair(folder).size(64 << 20).start()) {
            final Path script = folder.resolve("script.py");
            Files.writeString(script, SCRIPT.replace("URI", pair.uri())
                .replace("ORIGIN", pair.originImage().toString()).replace("TARGET", pair.targetImage().toString()));
            final String output = Tool.run(folder, 60, "nbdsh", "-c", "exec(open('" + script + "').read())");
            assertTrue(output.contains("all good"), output);
            pair.stopAndCompare();
        }
    }

    /** Looks at both images right after each answer, while the nodes run. */
    private static final String SCRIPT = """
        import os
        def both(offset, length, expected):
            for path in ['ORIGIN', 'TARGET']:
                with open(path, 'rb') as f:
                    f.seek(offset)
                    got = f.read(length)
                    assert got == expected, (path, offset, length, got[:16], expected[:16])
        h.connect_uri('URI')
        size = h.get_size()
        assert h.can_fua() and h.can_flush() and h.can_trim() and h.can_zero() and h.can_multi_conn()
        for n in range(50):
            data = os.urandom(4096 * (1 + n % 7))
            h.pwrite(data, n * 65536, 0)
            both(n * 65536, len(data), data)
            assert h.pread(len(data), n * 65536) == data
        for n in range(20):
            data = os.urandom(512 * (1 + n % 9))
            h.pwrite(data, 512 * (1 + 31 * n), nbd.CMD_FLAG_FUA)
            both(512 * (1 + 31 * n), len(data), data)
        # The last block, and the longest write: 32 MiB.
        data = os.urandom(512)
        h.pwrite(data, size - 512, nbd.CMD_FLAG_FUA)
        both(size - 512, 512, data)
        data = os.urandom(size // 2)
        assert len(data) == 32 << 20
        h.pwrite(data, 0, nbd.CMD_FLAG_FUA)
        both(0, len(data), data)
        # What is trimmed or zeroed reads as zeros on both sides, its edges too, and its neighbours stay.
        def zeros(call, offset, length):
            call(length, offset)
            both(offset, length, bytes(length))
            both(offset - 512, 512, data[offset - 512:offset])
            both(offset + length, 512, data[offset + length:offset + length + 512])
            assert h.pread(length, offset) == bytes(length)
        zeros(lambda l, o: h.trim(l, o, 0), 1048576, 1048576)
        zeros(lambda l, o: h.trim(l, o, nbd.CMD_FLAG_FUA), 4194304 + 512, 3584)
        zeros(lambda l, o: h.zero(l, o, 0), 5242880, 131072)
        zeros(lambda l, o: h.zero(l, o, nbd.CMD_FLAG_NO_HOLE), 6291456 + 1024, 10240)
        zeros(lambda l, o: h.zero(l, o, nbd.CMD_FLAG_FUA), 8388608, 1048576)
        # One connection's flush covers what the others were told is written.
        others = [nbd.NBD() for _ in range(3)]
        for n, other in enumerate(others):
            other.connect_uri('URI')
            other.pwrite(bytes([n + 1]) * 65536, size - (n + 2) * 65536)
        h.flush()
        for n, other in enumerate(others):
            both(size - (n + 2) * 65536, 65536, bytes([n + 1]) * 65536)
            assert h.pread(65536, size - (n + 2) * 65536) == bytes([n + 1]) * 65536
            other.shutdown()
        # What reaches past the end is refused and writes nothing.
        h.set_strict_mode(0)
        before = h.pread(4096, size - 4096)
        for call in [lambda: h.pwrite(bytes(4096), size - 2048), lambda: h.trim(4096, size),
                     lambda: h.zero(4096, size - 512), lambda: h.pread(1024, size - 512)]:
            try:
                call()
                assert False, 'not refused'
            except nbd.Error:
                pass
        both(size - 4096, 4096, before)
        h.shutdown()
        print('all good')
        """;
}
