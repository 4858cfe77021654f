package io.twintrack.node.nbd;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Clients that others wrote. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RealClientsTest {
    private static final int MIB = 1 << 20;

    static Stream<Setup> setups() {
        return Setup.all();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void nbdinfo(final Setup setup) throws Exception {
        needs("nbdinfo");
        try (Host host = setup.builder().volume("a", MIB).volume("b", 2 * MIB).start()) {
            final String json = run(host, 0, "nbdinfo", "--json", host.uri(setup.family(), "a"));
            assertTrue(json.contains("\"export-size\": 1048576"), json);
            assertTrue(json.contains("\"block_size_minimum\": 512"), json);
            assertTrue(json.contains("\"can_multi_conn\": true"), json);
            assertTrue(json.contains("base:allocation"), json);
            final String list = run(host, 0, "nbdinfo", "--list", host.uri(setup.family(), ""));
            assertTrue(list.contains("export=\"a\"") && list.contains("export=\"b\""), list);
            final String map = run(host, 0, "nbdinfo", "--map", host.uri(setup.family(), "b"));
            assertTrue(map.matches("(?s)\\s*0\\s+2097152\\s+0\\s+data\\s*"), map);
            run(host, 1, "nbdinfo", host.uri(setup.family(), "nope"));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void nbdcopyInAndOut(final Setup setup) throws Exception {
        needs("nbdcopy");
        final long seed = System.nanoTime();
        try (Host host = setup.builder().volume("vol0", 48 * MIB).start()) {
            final byte[] data = new byte[48 * MIB];
            new Random(seed).nextBytes(data);
            final Path in = host.folder().resolve("in");
            final Path out = host.folder().resolve("out");
            Files.write(in, data);
            run(host, 0, "nbdcopy", "--flush", in.toString(), host.uri(setup.family(), "vol0"));
            run(host, 0, "nbdcopy", host.uri(setup.family(), "vol0"), out.toString());
            assertEquals(-1, Files.mismatch(in, out), "seed " + seed);
            host.awaitIdle();
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void libnbdCorners(final Setup setup) throws Exception {
        final String python = pythonWithNbd();
        Assumptions.assumeTrue(python != null, "no python3 here can import nbd (python3-libnbd)");
        try (Host host = setup.builder().volume("vol0", 64 * MIB).start()) {
            final Path script = host.folder().resolve("corners.py");
            Files.writeString(script, String.join("\n",
                "import nbd, errno, os",
                "uri = '" + host.uri(setup.family(), "vol0") + "'",
                "def fails(code, what, *args):",
                "    try:",
                "        what(*args)",
                "    except nbd.Error as ex:",
                "        assert ex.errnum == code, ex",
                "        return",
                "    raise AssertionError('no error')",
                "for structured in (True, False):",
                "    h = nbd.NBD()",
                "    h.set_request_structured_replies(structured)",
                "    h.add_meta_context('base:allocation')",
                "    h.set_strict_mode(0)",
                "    h.connect_uri(uri)",
                "    assert h.get_structured_replies_negotiated() == structured",
                "    assert h.can_multi_conn() and h.can_fua() and h.can_df() == structured",
                "    big = os.urandom(32 << 20)",
                "    h.pwrite(big, 4096, nbd.CMD_FLAG_FUA)",
                "    assert h.pread(32 << 20, 4096) == big",
                "    h.zero(65536, 8192)",
                "    h.zero(65536, 81920, nbd.CMD_FLAG_NO_HOLE)",
                "    h.trim(4096, 4096, nbd.CMD_FLAG_FUA)",
                "    assert h.pread(4096, 4096) == bytes(4096)",
                "    assert h.pread(512, 73216) == bytes(512)",
                "    h.flush()",
                "    h.cache(4096, 0)",
                "    fails(errno.EINVAL, h.pread, 512, 64 << 20)",
                "    fails(errno.ENOSPC, h.pwrite, bytes(512), 64 << 20)",
                "    fails(errno.EINVAL, h.pwrite, bytes(512), 1)",
                "    fails(errno.EINVAL, h.pread, 100, 0)",
                "    fails(errno.ENOTSUP, h.zero, 512, 0, nbd.CMD_FLAG_FAST_ZERO)",
                "    if structured:",
                "        found = []",
                "        h.block_status(1 << 20, 512, lambda *a: found.append(a))",
                "        assert found[0][:3] == ('base:allocation', 512, [1 << 20, 0]), found",
                "        assert h.pread(65536, 0, nbd.CMD_FLAG_DF) == bytes(4096) + h.pread(61440, 4096)",
                "    other = nbd.NBD()",
                "    other.connect_uri(uri)",
                "    other.pwrite(b'x' * 512, 0)",
                "    other.flush()",
                "    assert h.pread(512, 0) == b'x' * 512",
                "    cookies = [h.aio_pwrite(bytes([i] * 4096), i * 4096) for i in range(200)]",
                "    while cookies:",
                "        cookies = [c for c in cookies if not h.aio_command_completed(c)]",
                "        if cookies: h.poll(-1)",
                "    assert other.pread(4096, 199 * 4096) == bytes([199] * 4096)",
                "    other.shutdown()",
                "    h.pwrite(bytes(4096), 0)",
                "    h.shutdown()",
                "print('done')", ""));
            assertTrue(run(host, 0, python, script.toString()).contains("done"));
            assertTrue(host.volume().durableWrites >= 2 * 32 * MIB / (64 * 1024), "FUA reaches every piece");
            host.awaitIdle();
            assertEquals(0, host.count(NbdCounter.CONNECTIONS_DROPPED));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void qemuIoPatterns(final Setup setup) throws Exception {
        needs("qemu-io");
        try (Host host = setup.builder().volume("vol0", 64 * MIB).start()) {
            final String output = run(host, 0, "qemu-io", "-f", "raw", "-t", "none",
                "-c", "write -P 0xa5 0 1M", "-c", "write -f -P 0x5a 64k 64k", "-c", "write -z 128k 64k",
                "-c", "write -z -u 192k 4k", "-c", "discard 1M 1M", "-c", "flush",
                "-c", "read -P 0xa5 0 64k", "-c", "read -P 0x5a 64k 64k", "-c", "read -P 0 128k 68k",
                "-c", "read -P 0xa5 196k 4k", "-c", "aio_write -P 3 8M 4M", "-c", "aio_write -P 4 12M 4M",
                "-c", "aio_flush", "-c", "read -P 3 8M 4M", "-c", "read -P 4 12M 4M",
                host.uri(setup.family(), "vol0"));
            assertTrue(!output.contains("verification failed") && !output.contains("rror"), output);
            assertTrue(host.volume().durableWrites > 0);
            assertTrue(host.volume().deallocations > 0);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void fioVerifies(final Setup setup) throws Exception {
        needs("fio");
        Assumptions.assumeTrue(run(null, 0, "fio", "--enghelp").contains("nbd"), "fio has no nbd engine");
        try (Host host = setup.builder().volume("vol0", 64 * MIB).start()) {
            host.volume().delayCycles = 1;
            host.volume().refuseEvery = 50;
            final String output = run(host, 0, "fio", "--name=verify", "--ioengine=nbd",
                "--uri=" + host.uri(setup.family(), "vol0"), "--rw=randrw", "--bsrange=512-300k", "--blockalign=512",
                "--bs_unaligned=0", "--size=32m", "--iodepth=24", "--verify=crc32c", "--verify_fatal=1",
                "--output-format=terse");
            assertTrue(!output.contains("verify: bad"), output);
            assertTrue(host.count(NbdCounter.BYTES_WRITTEN) > MIB);
        }
    }

    /** The first python3 of the path may be another one than the distribution's, for which libnbd is packaged. */
    private static String pythonWithNbd() throws IOException, InterruptedException {
        for (final String python : new String[]{"python3", "/usr/bin/python3"}) {
            try {
                if (new ProcessBuilder(python, "-c", "import nbd").start().waitFor() == 0) {
                    return python;
                }
            } catch (final IOException noSuchProgram) {
                continue;
            }
        }
        return null;
    }

    private static void needs(final String tool) {
        boolean found = false;
        for (final String folder : System.getenv("PATH").split(File.pathSeparator)) {
            found |= Files.isExecutable(Path.of(folder, tool));
        }
        Assumptions.assumeTrue(found, tool + " is not installed");
    }

    private static String run(final Host host, final int expected, final String... command)
        throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            final String output = new String(process.getInputStream().readAllBytes());
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running: " + command[0]);
            assertEquals(expected, process.exitValue(), output);
            if (host != null) {
                host.checkAlive();
            }
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
