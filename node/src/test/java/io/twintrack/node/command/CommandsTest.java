package io.twintrack.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.engine.machine.Deadline;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.PairRule;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.ResyncStatus;
import io.twintrack.engine.pair.VerifyStatus;
import io.twintrack.node.Json;
import io.twintrack.node.Twintrack;
import io.twintrack.node.control.ControlRig;
import io.twintrack.node.disk.DiskView;
import io.twintrack.sata.DiskHealth;
import io.twintrack.sata.DiskIdentity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The commands that talk to a running node. */
@Timeout(120)
class CommandsTest {
    @TempDir
    Path folder;
    private ControlRig rig;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() throws Exception {
        System.setProperty("twintrack.run", folder.resolve("run").toString());
        rig = new ControlRig(folder);
    }

    @AfterEach
    void stop() {
        rig.close();
        System.clearProperty("twintrack.run");
    }

    @Test
    void statusIsATableOrAllOfOneOrJson() throws Exception {
        rig.pairs.resync = new ResyncStatus(
            ResyncStatus.Kind.DELTA, ResyncStatus.Direction.PUSH, 512 << 10, 1 << 20, 2 << 20, 7);
        assertEquals(0, run("pair", "status"));
        final List<String> lines = out.toString().lines().toList();
        assertTrue(lines.get(0).startsWith(
            "PAIR  ROLE     STATE       THIS SIDE   PEER SIDE  MODE  SIZE   CHANGED"), lines.get(0));
        assertTrue(lines.get(1).startsWith(
            "vol0  primary  up-to-date  up-to-date  outdated   disk  1 MiB  12 KiB"), lines.get(1));
        assertEquals("vol0: delta resync, push  [===============>              ]  50 %  0.5 of 1.0 MiB  "
            + "2.0 MiB/s, 7 s to go", lines.get(2));
        assertEquals("vol0: alert: disk-failed", lines.get(3));
        assertEquals(0, run("pair", "status", "vol0"));
        assertTrue(out.toString().contains("changed     3 of 256 tracks of 4 KiB"), out.toString());
        assertEquals(0, run("pair", "status", "--json"));
        assertEquals("vol0", Json.MAPPER.readTree(out.toString()).path("pairs").get(0).path("name").asText());
        assertEquals(0, run("pair", "status", "vol0", "--json"));
        assertEquals("vol0", Json.MAPPER.readTree(out.toString()).path("name").asText());
    }

    @Test
    void aDiskThatNeedsAPersonIsALineBelowThePairs() throws Exception {
        final DiskHealth health = DiskHealth.unknown(new DiskIdentity("WDC", "WD-1", 0, "82.0"));
        rig.disks = List.of(DiskView.of("/dev/sda", "hba0", true, health, List.of("the disk is gone"), Map.of()),
            DiskView.of("/dev/sdb", "hba0", false, health, List.of(), Map.of()));
        for (final String[] words : new String[][] {{"pair", "status"}, {"pair", "status", "vol0"}}) {
            assertEquals(0, run(words), err.toString());
            final List<String> lines = out.toString().lines().toList();
            assertEquals("disk /dev/sda: warning: the disk is gone", lines.get(lines.size() - 1));
            assertFalse(out.toString().contains("/dev/sdb"), out.toString());
        }
    }

    /** /dev/null stands for a disk: its file is there, and nobody opens it. */
    @Test
    void aPairTellsOfItsDisksInItsLineAndInJson() throws Exception {
        stop();
        System.setProperty("twintrack.run", folder.resolve("run").toString());
        rig = ControlRig.onSata(folder, "/dev/null");
        final DiskIdentity identity = new DiskIdentity("WDC", "WD-1", 0, "82.0");
        rig.disks = List.of(
            DiskView.of("/dev/null", "hba0", false, new DiskHealth(identity, DiskHealth.Verdict.PASSED, 41, 8658, 12, 0,
                2, 0, 0), List.of(), Map.of()),
            DiskView.of("/dev/sdb", "hba0", false, DiskHealth.unknown(identity), List.of(), Map.of()));
        final String line =
            "vol0: disk /dev/null: SMART passed, 41 degrees Celsius, 8658 hours, 0 reallocated, 2 pending";
        for (final String[] words : new String[][] {{"pair", "status"}, {"pair", "status", "vol0"}}) {
            assertEquals(0, run(words), err.toString());
            assertTrue(out.toString().lines().anyMatch(line::equals), out.toString());
            assertFalse(out.toString().contains("/dev/sdb"), out.toString());
        }
        assertEquals(0, run("pair", "status", "--json"));
        final JsonNode disks = Json.MAPPER.readTree(out.toString()).path("pairs").get(0).path("disks");
        assertEquals(1, disks.size());
        assertEquals(2, disks.get(0).path("pendingSectors").asLong());
        assertFalse(out.toString().contains("disk-health"), out.toString());
        rig.disks = List.of(DiskView.of(
            "/dev/null", "hba0", true, DiskHealth.unknown(identity), List.of("the disk is gone"), Map.of()));
        assertEquals(0, run("pair", "status"));
        assertTrue(
            out.toString().lines().anyMatch("vol0: disk /dev/null: gone, SMART unknown"::equals), out.toString());
        assertTrue(out.toString().lines().anyMatch("vol0: alert: disk-health"::equals), out.toString());
    }

    @Test
    void everyCommandReachesThePair() {
        assertEquals(0, run("pair", "sever", "vol0"), err.toString());
        assertEquals("done\n", out.toString());
        assertEquals(0, run("pair", "reestablish", "vol0"));
        assertEquals(0, run("pair", "reestablish", "vol0", "--keep", "local"));
        assertEquals(0, run("pair", "resize", "vol0", "512 KiB"));
        assertEquals(0, run("pair", "verify", "vol0"));
        assertEquals(0, run("pair", "verify", "vol0", "--repair-from", "redundant"));
        assertEquals(0, run("pair", "promote", "vol0"));
        assertEquals(0, run("pair", "promote", "vol0", "--force"));
        assertEquals(0, run("pair", "demote", "vol0"));
        assertEquals(0, run("pair", "accept-disk", "vol0"));
        assertEquals(List.of("sever vol0", "reestablish vol0 NONE", "reestablish vol0 LOCAL", "resize vol0 524288",
            "verify vol0", "repair vol0 REDUNDANT", "promote vol0 false", "promote vol0 true", "demote vol0",
            "accept disk vol0"), rig.pairs.asked);
    }

    @Test
    void volumesAndPairsAreMadeAndEnded() {
        final Path file = folder.resolve("vol1.img");
        assertEquals(0, run("volume", "create", "vol1", "64 KiB", "--path", file.toString()), err.toString());
        assertEquals("volume vol1 is made: 64 KiB\n", out.toString());
        assertEquals(0, run("volume", "grow", "vol1", "128 KiB"));
        assertEquals(0, run("volume", "shrink", "vol1", "64 KiB"));
        assertEquals("volume vol1 has 64 KiB\n", out.toString());
        assertEquals(0, run("pair", "establish", "vol1", "--peer", "host-b", "--name", "pair1", "--mode", "disk",
            "--track", "8 KiB", "--remote-volume", "vol9", "--role", "primary"), err.toString());
        assertEquals(0, run("volume", "list"));
        assertEquals(List.of(
            "VOLUME  SIZE    PAIR   HBA   MADE BY  STATE  DISKS",
            "vol0    1 MiB   vol0   hba0  file     ready  " + folder.resolve("vol0.img"),
            "vol1    64 KiB  pair1  hba0  command  ready  " + file), out.toString().lines().toList());
        assertEquals(0, run("pair", "delete", "pair1"), err.toString());
        assertEquals(0, run("volume", "delete", "vol1", "--remove-files"));
        assertFalse(Files.exists(file));
        assertEquals(0, run("volume", "create", "part", "32 KiB", "--extent", extent("a.img", "4KiB:16KiB"),
            "--extent", extent("b.img", "0:16KiB"), "--stripe", "4 KiB"), err.toString());
    }

    @Test
    void aRefusalNamesTheRuleAndEndsWithFour() {
        rig.pairs.answer = CommandResult.refused(
            PairRule.DEMOTE_UNUSED.refuses("clients are attached", "NAME", "vol0"));
        assertEquals(4, run("pair", "demote", "vol0"));
        assertEquals("twintrack: clients are attached\n  rule:    a primary with clients stays the primary\n"
            + "  allowed: twintrack pair demote vol0\n  when:    once this side's clients are detached\n",
            err.toString());
        assertEquals(4, run("pair", "sever", "vol9"));
        assertEquals("twintrack: there is no pair vol9\n  rule:    a command names a pair that the node has\n"
            + "  allowed: twintrack pair status\n", err.toString());
    }

    @Test
    void waitsForTheEndOfAResync() throws Exception {
        rig.pairs.state = PairState.DELTA_SYNC;
        rig.pairs.resync = new ResyncStatus(
            ResyncStatus.Kind.DELTA, ResyncStatus.Direction.PUSH, 0, 1 << 20, 1 << 20, 1);
        final Thread later = new Thread(() -> {
            LockSupport.parkNanos(300_000_000);
            rig.pairs.resync = null;
            rig.pairs.state = PairState.UP_TO_DATE;
        });
        later.start();
        assertEquals(0, run("pair", "reestablish", "vol0", "--wait"), err.toString());
        assertEquals(PairState.UP_TO_DATE, rig.pairs.state);
        later.join();
        rig.pairs.state = PairState.DIVERGED;
        assertEquals(1, run("pair", "reestablish", "vol0", "--wait"));
        assertEquals("twintrack: pair vol0 is diverged: because\n", err.toString());
    }

    @Test
    void waitsForTheEndOfAVerify() {
        rig.pairs.verify = new VerifyStatus(false, true, 1 << 20, 1 << 20, 0, List.of());
        assertEquals(0, run("pair", "verify", "vol0", "--wait"), err.toString());
        assertTrue(out.toString().endsWith("both sides of pair vol0 are equal\n"), out.toString());
        rig.pairs.verify =
            new VerifyStatus(false, true, 1 << 20, 1 << 20, 1, List.of(new VerifyStatus.Range(4096, 8192)));
        assertEquals(1, run("pair", "verify", "vol0", "--wait"));
        assertTrue(out.toString().endsWith("differs at byte 4096, 8192 bytes\n"), out.toString());
        assertTrue(err.toString().startsWith("twintrack: 1 ranges of pair vol0 differ"), err.toString());
        rig.pairs.verify = new VerifyStatus(false, false, 4096, 1 << 20, 0, List.of());
        assertEquals(1, run("pair", "verify", "vol0", "--wait"));
        assertEquals(0, run("pair", "status", "vol0"));
        assertTrue(out.toString().contains("verify ended before it was through, begin it again"), out.toString());
    }

    @Test
    void watchingShowsItAgainInTheSamePlace() throws Exception {
        final Thread watcher = new Thread(() -> run("pair", "status", "--watch"));
        watcher.start();
        final Deadline deadline = Deadline.in(30);
        while (!shown().contains("\033[3A\033[J")) {
            assertTrue(!deadline.isOver(), this::shown);
            LockSupport.parkNanos(5_000_000);
        }
        watcher.interrupt();
        watcher.join();
        assertTrue(shown().startsWith("PAIR"), this::shown);
    }

    @Test
    void findsTheNodeThatIsMeant() throws Exception {
        assertEquals(0, plain("pair", "status"), err.toString());
        assertEquals(0, plain("pair", "status", "--config", folder.resolve("node.yaml").toString()), err.toString());
        assertEquals(3, plain("pair", "status", "--config", folder.resolve("absent.yaml").toString()));
        assertEquals(5, plain("pair", "status", "--control", folder.resolve("absent.sock").toString()));
        assertTrue(err.toString().startsWith("twintrack: no node answers on " + folder.resolve("absent.sock")),
            err.toString());
        final Path other = Files.createDirectory(folder.resolve("other"));
        try (ControlRig second = new ControlRig(other)) {
            assertEquals(5, plain("pair", "status"));
            assertTrue(err.toString().contains("--control " + second.config.control()), err.toString());
        }
        assertEquals(0, plain("pair", "status"));
        rig.close();
        assertEquals(5, plain("pair", "status"));
        assertEquals("twintrack: no node of this user runs here; name one with --control or --config\n",
            err.toString());
    }

    private String extent(final String name, final String range) {
        try {
            final Path file = Files.write(folder.resolve(name), new byte[64 << 10]);
            return file + ":" + range;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int run(final String... arguments) {
        final List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(2, List.of("--control", rig.config.control().toString()));
        return plain(all.toArray(new String[0]));
    }

    private int plain(final String... arguments) {
        synchronized (out.getBuffer()) {
            out.getBuffer().setLength(0);
            err.getBuffer().setLength(0);
        }
        return Twintrack.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private String shown() {
        return out.toString();
    }
}
