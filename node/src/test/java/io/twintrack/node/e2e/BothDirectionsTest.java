package io.twintrack.node.e2e;

import io.twintrack.node.config.KeyFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Each node is origin of some volumes and target of others at the same time.
 *
 * <pre>
 *   node a                           node b
 *     hba0  vol0 origin   ------->     hba0  vol0 target
 *           vol1 target   <-------           vol1 origin
 *     hba1  vol2 origin   ------->     hba1  vol2 target
 * </pre>
 */
class BothDirectionsTest {
    private static final int SIZE_MIB = 16;
    private static final List<String> VOLUMES = List.of("vol0", "vol1", "vol2");

    @TempDir(factory = WorkFolder.class)
    private Path folder;
    private final int[] udpOfA = {Ports.udp(), Ports.udp()};
    private final int[] udpOfB = {Ports.udp(), Ports.udp()};
    private final int[] nbd = {Ports.tcp(), Ports.tcp(), Ports.tcp()};

    @Test
    void allPairsAreEqualAfterLoadOnAll() throws IOException {
        Tool.assumeInstalled("fio", "cmp");
        KeyFile.create(folder.resolve("key"));
        final Path configA = prepare("a", "b", udpOfA, udpOfB);
        final Path configB = prepare("b", "a", udpOfB, udpOfA);
        try (NodeProcess a = NodeProcess.start(configA); NodeProcess b = NodeProcess.start(configB)) {
            a.awaitServing(30);
            b.awaitServing(30);
            final List<Tool> jobs = new ArrayList<>();
            for (int i = 0; i < VOLUMES.size(); i++) {
                jobs.add(Tool.start(folder, Fio.verify("nbd://127.0.0.1:" + nbd[i] + "/" + VOLUMES.get(i), i)));
            }
            for (final Tool job : jobs) {
                try (job) {
                    job.succeed(40);
                }
            }
            a.stop();
            b.stop();
        }
        for (final String volume : VOLUMES) {
            Pair.assertImagesEqual(folder.resolve("a/" + volume + ".img"), folder.resolve("b/" + volume + ".img"));
        }
    }

    private Path prepare(final String self, final String peer, final int[] listen, final int[] address)
        throws IOException {
        final Path home = Files.createDirectories(folder.resolve(self));
        for (final String volume : VOLUMES) {
            Files.write(home.resolve(volume + ".img"), new byte[SIZE_MIB << 20]);
        }
        final boolean isA = self.equals("a");
        final String yaml = "node: iqn.2026-11.io.twintrack.test:" + self + "\nhbas:\n"
            + hba(0, peer, listen[0], address[0])
            + "    volumes:\n" + volume("vol0") + volume("vol1")
            + "    pairs:\n" + pair("vol0", isA, peer + "0") + pair("vol1", !isA, peer + "0")
            + listen(nbd[isA ? 0 : 1])
            + hba(1, peer, listen[1], address[1])
            + "    volumes:\n" + volume("vol2")
            + "    pairs:\n" + pair("vol2", isA, peer + "1")
            + (isA ? listen(nbd[2]) : "");
        return Files.writeString(home.resolve("node.yaml"), yaml);
    }

    private static String hba(final int number, final String peer, final int listen, final int address) {
        return """
              - name: hba%d
                peers:
                  - name: %s%d
                    iqn: iqn.2026-11.io.twintrack.test:%s
                    listen: 127.0.0.1:%d
                    address: 127.0.0.1:%d
                    key-file: ../key
            """.formatted(number, peer, number, peer, listen, address);
    }

    private static String volume(final String name) {
        return "      - name: " + name + "\n        size: " + SIZE_MIB + " MiB\n        extents:\n          - path: "
            + name + ".img\n";
    }

    private static String pair(final String name, final boolean origin, final String peer) {
        return "      - name: " + name + "\n        volume: " + name + "\n        role: "
            + (origin ? "origin" : "target") + "\n        peer: " + peer + "\n";
    }

    private static String listen(final int port) {
        return "    nbd:\n      listen: 127.0.0.1:" + port + "\n";
    }
}
