package io.twintrack.node.config;

import io.twintrack.engine.pair.Mode;
import io.twintrack.node.config.PairConfig.Role;
import io.twintrack.node.config.VolumeConfig.Layout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class ConfigReaderTest {
    /** Numbered in the tests' messages from the first line on. */
    private static final String SMALL = """
        node: iqn.2026-11.io.twintrack:host-a
        hbas:
          - name: hba0
            peers:
              - name: host-b
                iqn: iqn.2026-11.io.twintrack:host-b
                listen: 127.0.0.1:40001
                address: 127.0.0.1:40002
                key-file: host-b.key
            volumes:
              - name: vol0
                size: 1 MiB
                extents:
                  - path: vol0.img
            pairs:
              - name: pair0
                volume: vol0
                role: origin
                peer: host-b
        """;

    @TempDir
    Path folder;

    @BeforeEach
    void makeDisks() throws IOException {
        disk("vol0.img", 1 << 20);
        disk("vol1.img", 1 << 20);
        KeyFile.create(folder.resolve("host-b.key"));
    }

    @Test
    void fillsInDefaults() throws Exception {
        final NodeConfig node = read(SMALL);
        assertEquals("iqn.2026-11.io.twintrack:host-a", node.iqn());
        final HbaConfig hba = node.hbas().get(0);
        assertEquals(new MemoryConfig(512, 256 << 10, "/dev/shm"), hba.memory());
        assertEquals(2_500_000_000L, hba.longestAnswerNs());
        assertEquals(1024, hba.ringDepth());
        assertEquals(new IdleConfig(50_000, 100_000, 10_000_000), hba.idle());
        assertEquals(new DiskHealthConfig(600_000_000_000L, 60, 1, 1, 100), hba.diskHealth());
        assertEquals(List.of(new PeerConfig("host-b", "iqn.2026-11.io.twintrack:host-b",
            folder.resolve("host-b.key"), new Endpoint("127.0.0.1", 40001), new Endpoint("127.0.0.1", 40002), 65504,
            2 << 20, 8 << 20, 1_000_000, 500_000_000, 5)),
            hba.peers());
        final ExtentConfig extent =
            new ExtentConfig(folder.resolve("vol0.img"), ExtentConfig.DiskType.URING, 0, 1 << 20);
        assertEquals(List.of(new VolumeConfig("vol0", 1 << 20, Layout.LINEAR, 0, List.of(extent))), hba.volumes());
        assertEquals(List.of(new PairConfig("pair0", "vol0", Role.ORIGIN, "host-b", Mode.DISK, 4096)), hba.pairs());
        assertEquals(new NbdConfig(new Endpoint("127.0.0.1", 10809), null, 16, List.of("pair0")), hba.nbd());
    }

    @Test
    void usesASmallMtuOffLoopback() throws Exception {
        final NodeConfig node = read(SMALL.replace("address: 127.0.0.1:40002", "address: 10.0.0.2:40002"));
        assertEquals(1408, node.hbas().get(0).peers().get(0).mtu());
    }

    @Test
    void aTargetExportsNothing() throws Exception {
        assertNull(read(SMALL.replace("role: origin", "role: target")).hbas().get(0).nbd());
    }

    @Test
    void aUnixSocketNeedsNoTcp() throws Exception {
        final NbdConfig nbd = read(SMALL + "    nbd: { unix: nbd.sock }\n").hbas().get(0).nbd();
        assertEquals(new NbdConfig(null, folder.resolve("nbd.sock"), 16, List.of("pair0")), nbd);
    }

    @Test
    void readsStripes() throws Exception {
        final NodeConfig node = read(SMALL.replace("size: 1 MiB", "size: 512 KiB\n        layout: striped")
            .replace("- path: vol0.img", """
                - { path: vol0.img, length: 256 KiB, offset: 64 KiB }
                          - { path: vol1.img, length: 256 KiB }"""));
        final VolumeConfig volume = node.hbas().get(0).volume("vol0");
        assertEquals(Layout.STRIPED, volume.layout());
        assertEquals(64 << 10, volume.stripeLength());
        assertEquals(64 << 10, volume.extents().get(0).offset());
    }

    @Test
    void readsWhenADiskNeedsAPerson() throws Exception {
        final String text = SMALL.replace("name: hba0", "name: hba0\n    disk-health: { interval: 30 s, "
            + "temperature: 0, reallocated-sectors: 8, pending-sectors: 2, crc-errors: 7 }");
        assertEquals(new DiskHealthConfig(30_000_000_000L, 0, 8, 2, 7), read(text).hbas().get(0).diskHealth());
    }

    @Test
    void theExampleSaysTheDefaults() throws Exception {
        disk("vol0.img", 256 << 20);
        final String example = Files.readString(exampleFile());
        final NodeConfig annotated = read(example);
        final NodeConfig bare = read(SMALL.replace("pair0", "vol0").replace("1 MiB", "256 MiB"));
        assertEquals(bare, annotated);
    }

    @Test
    void theExampleNamesEveryKey() throws IOException {
        final String example = Files.readString(exampleFile());
        for (final String key : List.of("stripe", "unix", "directory", "spin", "yield", "park", "exports", "interval",
            "temperature", "reallocated-sectors", "pending-sectors", "crc-errors")) {
            assertTrue(example.contains(key + ":"), key);
        }
    }

    static Stream<Arguments> oneMistake() {
        return Stream.of(
            arguments("node: iqn.2026-11.io.twintrack:host-a", "node: Host A",
                "line 1: node = \"Host A\": must be an iSCSI name in lower case, "
                    + "such as iqn.2026-11.io.twintrack:host-a"),
            arguments("node: iqn.2026-11.io.twintrack:host-a\n", "",
                "line 1: node: is missing; must be an iSCSI name in lower case, "
                    + "such as iqn.2026-11.io.twintrack:host-a"),
            arguments("iqn.2026-11.io.twintrack:host-b", "iqn.2026-11.io.twintrack:host-a",
                "line 6: hbas[0].peers[0].iqn = \"iqn.2026-11.io.twintrack:host-a\": "
                    + "must be the name of another node; this is the node's own"),
            arguments("name: hba0", "name: hba0\n    memory: { slot-length: 100 KiB }",
                "line 4: hbas[0].memory.slot-length = \"100 KiB\": "
                    + "must be a power of two from 4 KiB to 1 MiB, such as \"256 KiB\""),
            arguments("name: hba0", "name: hba0\n    memory: { slots: 1048576, slot-length: 1 MiB }",
                "line 4: hbas[0].memory.slots = \"1048576\": times slot-length must be at most 64 GiB"),
            arguments("name: hba0", "name: hba0\n    memory: { directory: nowhere }",
                "line 4: hbas[0].memory.directory = \"nowhere\": must be a folder that exists, in a RAM file system"),
            arguments("name: hba0", "name: hba0\n    ring: { depth: 1000 }",
                "line 4: hbas[0].ring.depth = \"1000\": must be a power of two from 8 to 4096"),
            arguments("name: hba0", "name: hba0\n    idle: { park: 1 s }",
                "line 4: hbas[0].idle.park = \"1 s\": must be a time from 0 ns to 50 ms, such as \"500 ms\""),
            arguments("name: hba0", "name: hba0\n    disk-health: { interval: 1 s }",
                "line 4: hbas[0].disk-health.interval = \"1 s\": must be a time from 10 s to 1440 min, "
                    + "such as \"500 ms\""),
            arguments("name: hba0", "name: hba0\n    disk-health: { temperature: hot }",
                "line 4: hbas[0].disk-health.temperature = \"hot\": must be a whole number from 0 to 150"),
            arguments("name: hba0", "name: hba0\n    disk-health: { pending: 1 }",
                "line 4: hbas[0].disk-health.pending = \"1\": is not known here; known are "
                    + "crc-errors, interval, pending-sectors, reallocated-sectors, temperature"),
            arguments("name: hba0", "name: hba0\n    memroy: { slots: 12 }",
                "line 4: hbas[0].memroy = \"{...}\": is not known here; did you mean \"memory\"?; known are "
                    + "active-regions, disk-health, idle, memory, name, nbd, pairs, peers, ring, volumes"),
            arguments("name: hba0", "name: hba0\n    name: hba1",
                "line 4: hbas[0].name = \"hba1\": stands here a second time"),
            arguments("listen: 127.0.0.1:40001", "listen: 127.0.0.1",
                "line 7: hbas[0].peers[0].listen = \"127.0.0.1\": must be an address and a port, "
                    + "such as 10.0.0.1:40001 or [::1]:40001"),
            arguments("address: 127.0.0.1:40002", "address: 127.0.0.1:40001",
                "line 8: hbas[0].peers[0].address = \"127.0.0.1:40001\": must be where the peer listens; "
                    + "this is where this side listens"),
            arguments("name: host-b", "name: host-b\n        mtu: 70000",
                "line 6: hbas[0].peers[0].mtu = \"70000\": must be a whole number from 1408 to 65504"),
            arguments("name: host-b", "name: host-b\n        mtu: 1500",
                "line 6: hbas[0].peers[0].mtu = \"1500\": must be a multiple of 32; the next below is 1472"),
            arguments("name: host-b", "name: host-b\n        tries: 0",
                "line 6: hbas[0].peers[0].tries = \"0\": must be a whole number from 1 to 100"),
            arguments("size: 1 MiB", "size: 1000",
                "line 12: hbas[0].volumes[0].size = \"1000\": must be a size from 4 KiB to 1024 TiB, "
                    + "a multiple of 4 KiB, such as \"256 KiB\""),
            arguments("size: 1 MiB", "size: 1 MiB\n        stripe: 64 KiB",
                "line 13: hbas[0].volumes[0].stripe = \"64 KiB\": must stand only beside \"layout: striped\""),
            arguments("size: 1 MiB", "size: 1 MiB\n        layout: mirrored",
                "line 13: hbas[0].volumes[0].layout = \"mirrored\": must be linear or striped"),
            arguments("path: vol0.img", "{ path: vol0.img, length: 512 KiB }",
                "line 12: hbas[0].volumes[0].size = \"1 MiB\": must be the sum of the extents' lengths, 512 KiB"),
            arguments("- path: vol0.img", "- { path: vol0.img, length: 512 KiB }\n"
                    + "          - { path: vol0.img, length: 512 KiB, offset: 508 KiB }",
                "line 15: hbas[0].volumes[0].extents[1].path = \"vol0.img\": overlaps another extent: "
                    + "bytes 520192 to 1044479 must belong to this one alone"),
            arguments("path: vol0.img", "{ path: vol0.img, offset: 512 KiB }",
                "line 14: hbas[0].volumes[0].extents[0].path = \"vol0.img\": is too small: it has 1 MiB, "
                    + "the extent ends at 1536 KiB"),
            arguments("path: vol0.img", "path: .",
                "line 14: hbas[0].volumes[0].extents[0].path = \".\": "
                    + "must be a file or a block device; this is a folder"),
            arguments("path: vol0.img", "path: /dev/null",
                "line 14: hbas[0].volumes[0].extents[0].path = \"/dev/null\": "
                    + "must be a file or a block device; this is neither"),
            // Found by fuzzing: it ended in a NullPointerException where nothing names what is exported.
            arguments("name: pair0", "name: pair 0",
                "line 16: hbas[0].pairs[0].name = \"pair 0\": must be 1 to 64 letters, digits, dots, dashes or underscores, "
                    + "the first a letter or digit"),
            arguments("volume: vol0", "volume: vol9",
                "line 17: hbas[0].pairs[0].volume = \"vol9\": must be one of this HBA's volumes: vol0"),
            arguments("peer: host-b", "peer: host-c",
                "line 19: hbas[0].pairs[0].peer = \"host-c\": must be one of this HBA's peers: host-b"),
            arguments("role: origin", "role: primary",
                "line 18: hbas[0].pairs[0].role = \"primary\": must be origin or target"),
            arguments("name: hba0", "name: hba0\n    nbd: { exports: [pair0, vol7] }",
                "line 4: hbas[0].nbd.exports = \"[...]\": must be pairs of this HBA; \"vol7\" is not"),
            arguments("name: hba0", "name: hba0\n    memory: { slots: 8 }",
                "line 3: hbas[0].nbd.max-connections: must be at most 3 with this HBA's memory, "
                    + "of which each connection has a share of its own"),
            arguments("name: host-b", "name: host-b\n        window: 8 MiB\n        term-length: 8 MiB",
                "line 7: hbas[0].peers[0].term-length = \"8 MiB\": must be at least two windows, 16 MiB"),
            arguments("path: vol0.img", "path: vol0.img\n    volumes: []",
                "line 15: hbas[0].volumes = \"[...]\": stands here a second time"),
            arguments("role: origin", "role: origin\n        mode: both",
                "line 19: hbas[0].pairs[0].mode = \"both\": must be disk or memory or local"),
            arguments("role: origin", "role: origin\n        track: 2 KiB",
                "line 19: hbas[0].pairs[0].track = \"2 KiB\": "
                    + "must be a power of two from 4 KiB to 1 MiB, such as \"256 KiB\""),
            arguments("hbas:", "fence: { command: fence-peer }\nhbas:",
                "line 2: fence.command = \"fence-peer\": "
                    + "must begin with the whole path of a program, such as /usr/local/bin/page"),
            arguments("hbas:", "fence: { timeout: 1 s }\nhbas:",
                "line 2: fence.command: must be a list: the program and its arguments"),
            arguments("hbas:", "alerts: { command: [/etc] }\nhbas:",
                "line 2: alerts.command = \"[...]\": "
                    + "must begin with a program that this user may run; /etc is none"),
            arguments("hbas:", "alerts: { webhook: ftp://example.org }\nhbas:",
                "line 2: alerts.webhook = \"ftp://example.org\": "
                    + "must be a web address, such as https://example.org/alerts"),
            arguments("hbas:", "alerts: { smtp: { host: mail, from: a@b, to: [everybody] } }\nhbas:",
                "line 2: alerts.smtp.to = \"everybody\": must be a mail address, such as storage@example.org"),
            arguments("hbas:", "alerts: { smtp: { host: mail, from: a@b, to: c@d, user: x } }\nhbas:",
                "line 2: alerts.smtp.password-file: must stand beside \"user\", and only there"),
            arguments("peers:", "peers: []\n    x:",
                "line 4: hbas[0].peers = \"[...]\": must be a list with at least one entry, each starting with \"- \""));
    }

    /** Found by fuzzing: the library's exception for it is none of its own. */
    @Test
    void aTagWithASpaceIsAProblem() {
        final InvalidConfigException e =
            assertThrows(InvalidConfigException.class, () -> read(SMALL.replace("name: hba0", "name: !<%20> hba0")));
        assertEquals("line 1: YAML: Tag must not contain leading or trailing spaces.", e.problems().get(0).toString());
    }

    @ParameterizedTest
    @MethodSource("oneMistake")
    void namesTheMistake(final String right, final String wrong, final String problems) {
        final InvalidConfigException e =
            assertThrows(InvalidConfigException.class, () -> read(SMALL.replace(right, wrong)));
        for (final String problem : problems.split("\n")) {
            assertTrue(e.problems().stream().anyMatch(found -> found.toString().equals(problem)),
                () -> "expected " + problem + "\nin " + e.getMessage());
        }
    }

    @Test
    void anHbaMayStartEmpty() throws Exception {
        final HbaConfig hba = read(SMALL.substring(0, SMALL.indexOf("    volumes:"))).hbas().get(0);
        assertTrue(hba.volumes().isEmpty() && hba.pairs().isEmpty());
        assertNull(hba.nbd());
    }

    @Test
    void aVolumeNeedsNoPair() throws Exception {
        final HbaConfig hba = read(SMALL.substring(0, SMALL.indexOf("    pairs:"))).hbas().get(0);
        assertEquals("vol0", hba.volumes().get(0).name());
    }

    @Test
    void readsWhoIsTold() throws Exception {
        Files.writeString(folder.resolve("password"), "secret\n");
        final NodeConfig node = read(SMALL + """
            metadata: /var/lib/twintrack
            control: { unix: run/control.sock }
            fence: { command: [/bin/sh, -c, exit], timeout: 5 s }
            alerts:
              command: /bin/true
              webhook: https://example.org/alerts
              smtp: { host: mail.example.org, port: 587, from: a@example.org, to: [b@example.org, c@example.org],
                      user: a, password-file: password }
            """);
        assertEquals(Path.of("/var/lib/twintrack"), node.metadata());
        assertEquals(folder.resolve("run/control.sock"), node.control());
        assertEquals(new HookConfig(List.of("/bin/sh", "-c", "exit"), 5_000_000_000L), node.fence());
        assertEquals(new AlertConfig(new HookConfig(List.of("/bin/true"), 10_000_000_000L),
            URI.create("https://example.org/alerts"),
            new MailConfig(new Endpoint("mail.example.org", 587), true, "a", folder.resolve("password"),
                "a@example.org", List.of("b@example.org", "c@example.org"))), node.alerts());
    }

    @Test
    void aNodeKeepsWhatLastsBesideItsFile() throws Exception {
        final NodeConfig node = read(SMALL);
        assertEquals(folder.resolve("meta"), node.metadata());
        assertEquals(folder.resolve("meta/control.sock"), node.control());
        assertEquals(AlertConfig.NONE, node.alerts());
        assertNull(node.fence());
    }

    @Test
    void aSocketsPathMustFitTheKernel() {
        final InvalidConfigException e = assertThrows(InvalidConfigException.class,
            () -> read(SMALL + "control: { unix: /" + "x".repeat(105) + " }\n"));
        assertTrue(e.problems().get(0).toString().contains("control.unix = "), e.getMessage());
        assertTrue(e.problems().get(0).toString().contains("must be a path of at most 105 bytes"), e.getMessage());
    }

    @Test
    void namesAllMistakesAtOnceInTheOrderOfTheFile() {
        final String text = SMALL.replace("hba0", "h b a").replace("1 MiB", "1 MB").replace("origin", "chief");
        final InvalidConfigException e = assertThrows(InvalidConfigException.class, () -> read(text));
        assertEquals(folder.resolve("node.yaml") + """
            : 3 problems
              line 3: hbas[0].name = "h b a": must be 1 to 64 letters, digits, dots, dashes or underscores, \
            the first a letter or digit
              line 12: hbas[0].volumes[0].size = "1 MB": must be a size from 4 KiB to 1024 TiB, \
            a multiple of 4 KiB, such as "256 KiB"
              line 18: hbas[0].pairs[0].role = "chief": must be origin or target""", e.getMessage());
    }

    /** For backups, and for the day when it is promoted; whether it serves is the pair's to say. */
    @Test
    void exportsATargetToo() throws InvalidConfigException {
        final String text = SMALL.replace("name: hba0", "name: hba0\n    nbd: { exports: pair0 }")
            .replace("origin", "target");
        assertEquals(List.of("pair0"), read(text).hbas().get(0).nbd().exports());
    }

    @Test
    void pacesAResyncAndBoundsTheActiveRegions() throws InvalidConfigException {
        final HbaConfig byDefault = read(SMALL).hbas().get(0);
        assertEquals(1024, byDefault.activeRegions());
        assertEquals(ResyncConfig.UNLIMITED, byDefault.pairs().get(0).resync());
        final HbaConfig hba = read(SMALL.replace("name: hba0", "name: hba0\n    active-regions: 64")
            .replace("role: origin", "role: origin\n        resync: { floor: 1 MiB, ceiling: 2 MiB }")).hbas().get(0);
        assertEquals(64, hba.activeRegions());
        assertEquals(new ResyncConfig(1 << 20, 2 << 20), hba.pairs().get(0).resync());
        final InvalidConfigException e = assertThrows(InvalidConfigException.class, () -> read(
            SMALL.replace("role: origin", "role: origin\n        resync: { floor: 3 MiB, ceiling: 2 MiB }")));
        assertTrue(e.getMessage().contains("must be at most the ceiling"), e.getMessage());
    }

    @Test
    void refusesToExportWhatIsNoPair() {
        final String text = SMALL.replace("name: hba0", "name: hba0\n    nbd: { exports: pair1 }");
        final InvalidConfigException e = assertThrows(InvalidConfigException.class, () -> read(text));
        assertEquals("line 4: hbas[0].nbd.exports = \"pair1\": must be pairs of this HBA; \"pair1\" is not",
            e.problems().get(0).toString());
    }

    @Test
    void saysHowToMakeAnAbsentDisk() {
        final InvalidConfigException e = assertThrows(InvalidConfigException.class,
            () -> read(SMALL.replace("path: vol0.img", "path: vol5.img")));
        assertEquals("line 14: hbas[0].volumes[0].extents[0].path = \"vol5.img\": does not exist at "
            + folder.resolve("vol5.img") + "; make it with: bin/twintrack create-disk " + folder.resolve("vol5.img")
            + " \"1 MiB\"", e.problems().get(0).toString());
    }

    @ParameterizedTest
    @MethodSource("notAConfiguration")
    void survivesWhatIsNoConfiguration(final String text, final String expected) {
        final InvalidConfigException e = assertThrows(InvalidConfigException.class, () -> read(text));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    static Stream<Arguments> notAConfiguration() {
        return Stream.of(
            arguments("", "line 1: node.yaml: is empty; docs/example-node.yaml shows one"),
            arguments("# nothing", "is empty"),
            arguments("just words", "must be a mapping of keys to values"),
            arguments("[1, 2]", "must be a mapping of keys to values"),
            arguments("node: [x]\nhbas: 3", "line 1: node = \"[...]\": must be an iSCSI name"),
            arguments("node: {a", "line 1: YAML"),
            arguments("a: b\n\tc: d", "line 2: YAML"),
            arguments("\u0000", "YAML"),
            arguments("node: &a [*a]\nhbas: *a", "line 1: hbas[0] = \"[...]\": must be a mapping"),
            arguments("---\na: 1\n---\nb: 2\n", "YAML"));
    }

    @Test
    void namesAFileThatIsAbsent() {
        final Path absent = folder.resolve("absent.yaml");
        final InvalidConfigException e =
            assertThrows(InvalidConfigException.class, () -> ConfigReader.read(absent));
        assertEquals(absent + ": 1 problem\n  line 1: file = \"" + absent + "\": does not exist", e.getMessage());
    }

    private NodeConfig read(final String text) throws InvalidConfigException {
        return ConfigReader.read(folder.resolve("node.yaml"), text);
    }

    private void disk(final String name, final long size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
            file.setLength(size);
        }
    }

    /** The build runs in the module's folder. */
    private static Path exampleFile() {
        return Path.of("..", "docs", "example-node.yaml");
    }
}
