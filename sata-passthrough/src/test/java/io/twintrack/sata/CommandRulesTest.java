package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which commands a disk gets, what is sent again and what never is; on a port that ends commands as a script says. */
class CommandRulesTest {
    private static final long MEMORY = ScriptedDisk.MEMORY;
    private static final int BLOCK = 4096;
    private ScriptedDisk disk;
    private ScriptedPort port;
    private SataBlockDevice device;
    private List<String> ends;

    private void open(final DiskTraits traits) {
        disk = new ScriptedDisk(traits);
        port = disk.port;
        device = disk.device;
        ends = disk.ends;
    }

    private static DiskTraits traits(final boolean queued, final boolean fuaExt, final boolean trim) {
        return new DiskTraits(512, 4096, 0, 1L << 40, queued ? 4 : 2, 64 << 10, queued, true, fuaExt, true, trim,
            true, -1);
    }

    @AfterEach
    void close() {
        disk.close();
    }

    private void run(final int polls) {
        for (int i = 0; i < polls; i++) {
            device.poll();
        }
    }

    @Test
    void aQueuedDiskIsWrittenDurablyByTheFuaBit() {
        open(traits(true, true, false));
        assertTrue(device.write(1, MEMORY, BLOCK, 8 * BLOCK, true));
        assertTrue(device.write(2, MEMORY, BLOCK, 8 * BLOCK, false));
        assertTrue(device.read(3, MEMORY, BLOCK, 0));
        run(1);
        assertEquals(List.of("61 lba 64 count 0 features 8 device c0", "61 lba 64 count 0 features 8 device 40",
            "60 lba 0 count 0 features 8 device 40"), port.commands);
        assertEquals(List.of("1 OK", "2 OK", "3 OK"), ends);
    }

    @Test
    void withoutNcqTheFuaCommandIsNext() {
        open(traits(false, true, false));
        assertTrue(device.write(1, MEMORY, BLOCK, 0, true));
        run(1);
        assertEquals(List.of("3d lba 0 count 8 features 0 device 40"), port.commands);
    }

    @Test
    void withoutBothAFlushFollowsAndTheWriteEndsWithIt() {
        open(traits(false, false, false));
        assertTrue(device.write(1, MEMORY, BLOCK, 0, true));
        run(1);
        assertEquals(List.of(), ends);
        port.script(ScriptedPort.ABORTED);
        run(1);
        assertEquals(List.of("1 IO_ERROR"), ends);
        assertEquals(List.of("35 lba 0 count 8 features 0 device 40", "ea lba 0 count 0 features 0 device 00"),
            port.commands);
    }

    @Test
    void aFailedQueuedCommandIsSentOnceMoreWithoutNcq() {
        open(traits(true, false, false));
        port.script(ScriptedPort.ABORTED);
        assertTrue(device.write(1, MEMORY, BLOCK, 0, true));
        run(4);
        assertEquals(List.of("61 lba 0 count 0 features 8 device c0", "35 lba 0 count 8 features 0 device 40",
            "ea lba 0 count 0 features 0 device 00"), port.commands, "plain, and durable by the flush behind it");
        assertEquals(List.of("1 OK"), ends);
        port.script(ScriptedPort.ABORTED, ScriptedPort.ABORTED);
        assertTrue(device.read(2, MEMORY, BLOCK, 0));
        run(4);
        assertEquals(List.of("1 OK", "2 IO_ERROR"), ends);
        assertEquals(5, port.commands.size());
    }

    @Test
    void aMediumErrorIsNotTriedAgain() {
        open(traits(true, false, false));
        port.script(ScriptedPort.UNCORRECTABLE);
        assertTrue(device.read(1, MEMORY, BLOCK, 0));
        run(3);
        assertEquals(List.of("1 IO_ERROR"), ends);
        assertEquals(1, port.commands.size());
        assertEquals(1, device.counters().get(SataCounter.UNCORRECTABLE));
    }

    @Test
    void damageOnTheCableIsTriedThreeTimes() {
        open(traits(false, false, false));
        port.script(ScriptedPort.CRC, ScriptedPort.CRC, ScriptedPort.CRC);
        assertTrue(device.write(1, MEMORY, BLOCK, 0, false));
        run(5);
        assertEquals(List.of("1 IO_ERROR"), ends);
        assertEquals(3, port.commands.size());
        port.script(ScriptedPort.INNOCENT, ScriptedPort.CRC);
        assertTrue(device.write(2, MEMORY, BLOCK, 0, false));
        run(5);
        assertEquals(List.of("1 IO_ERROR", "2 OK"), ends);
    }

    /** 11 is DID_SOFT_ERROR; seen of flushes and plain writes, Linux 6.1, beside a write that failed. */
    @Test
    void aFlushThatTheDriverEndedForItsNeighbourIsSentAgain() {
        open(traits(true, false, false));
        port.script("host 11", ScriptedPort.GOOD);
        assertTrue(device.flush(1));
        run(3);
        assertEquals(List.of("1 OK"), ends);
        assertEquals(2, port.commands.size());
        port.script("host 11", ScriptedPort.ABORTED);
        assertTrue(device.flush(2));
        run(3);
        assertEquals(List.of("1 OK", "2 IO_ERROR"), ends);
        assertEquals(4, port.commands.size());
    }

    @Test
    void aFlushOfWhichTheDiskSaidAnythingIsNotTriedAgain() {
        open(traits(true, false, false));
        for (final String end : new String[] {
            ScriptedPort.ABORTED, ScriptedPort.INNOCENT, ScriptedPort.CRC, "host 8", "host 3", "host 7"}) {
            port.commands.clear();
            ends.clear();
            port.script(end);
            assertTrue(device.flush(1));
            run(3);
            assertEquals(1, port.commands.size(), end);
            assertEquals(1, ends.size(), end);
            assertTrue(!ends.get(0).endsWith("OK"), end);
        }
    }

    @Test
    void aTransferIsCutAndOneBadPieceFailsItOnce() {
        open(traits(true, false, false));
        port.script(ScriptedPort.GOOD, ScriptedPort.UNCORRECTABLE, ScriptedPort.UNCORRECTABLE);
        assertTrue(device.read(1, MEMORY, 6 * (64 << 10), 0));
        run(1);
        assertEquals(4, port.commands.size(), "what the queue holds");
        assertEquals(List.of("1 IO_ERROR"), ends, "no more pieces of a transfer that failed");
        run(2);
        assertEquals(List.of("1 IO_ERROR"), ends);
    }

    @Test
    void aFullSystemDelaysAndLosesNothing() {
        open(traits(true, false, false));
        port.full = true;
        for (int token = 0; token < 8; token++) {
            assertTrue(device.write(token, MEMORY, BLOCK, token * BLOCK, false));
        }
        assertTrue(!device.write(9, MEMORY, BLOCK, 0, false), "the table is full");
        run(3);
        assertEquals(List.of(), ends);
        port.full = false;
        run(5);
        assertEquals(8, ends.size());
    }

    @Test
    void theMostCommandsAtATimeAreCounted() {
        open(traits(true, false, false));
        assertTrue(device.read(1, MEMORY, BLOCK, 0));
        run(1);
        assertEquals(1, device.counters().get(SataCounter.MOST_IN_FLIGHT));
        for (int token = 2; token < 8; token++) {
            assertTrue(device.read(token, MEMORY, BLOCK, 0));
        }
        run(3);
        assertTrue(device.read(8, MEMORY, BLOCK, 0));
        run(1);
        assertEquals(4, device.counters().get(SataCounter.MOST_IN_FLIGHT), "what the disk queues");
    }

    @Test
    void trimGoesToWholePhysicalSectorsAndTheEdgesAreWritten() {
        open(traits(true, false, true));
        assertTrue(device.zero(1, 512, 5 * BLOCK, true));
        run(3);
        assertEquals(List.of("61 lba 1 count 0 features 7 device 40", "06 lba 0 count 1 features 1 device 40",
            "61 lba 40 count 0 features 1 device 40"), port.commands);
        assertEquals(List.of("1 OK"), ends);
    }

    @Test
    void aRefusedTrimIsWrittenWithZerosAndNotTriedAgain() {
        open(traits(true, false, true));
        port.script(ScriptedPort.ABORTED);
        assertTrue(device.zero(1, 0, 2 * BLOCK, true));
        assertTrue(device.zero(2, 8 * BLOCK, BLOCK, true));
        run(4);
        assertEquals(List.of("1 OK", "2 OK"), ends.stream().sorted().toList());
        port.commands.clear();
        assertTrue(device.zero(3, 0, BLOCK, true));
        run(2);
        assertEquals(List.of("61 lba 0 count 0 features 8 device 40"), port.commands);
    }

    @Test
    void aDiskThatIsGoneAnswersEverythingSo() {
        open(traits(true, false, false));
        assertTrue(device.write(1, MEMORY, BLOCK, 0, false));
        run(1);
        port.script(ScriptedPort.GONE);
        assertTrue(device.write(2, MEMORY, BLOCK, 0, false));
        assertTrue(device.write(3, MEMORY, 64 << 10, 0, false));
        run(2);
        assertTrue(device.flush(4));
        assertTrue(device.read(5, MEMORY, BLOCK, 0));
        run(2);
        assertEquals(List.of("1 OK", "2 DEVICE_GONE", "3 OK", "4 DEVICE_GONE", "5 DEVICE_GONE"), ends);
        assertTrue(device.isGone());
        assertEquals(Status.DEVICE_GONE.nature(), Status.Nature.OPERATOR);
    }

    @Test
    void whatLiesOutsideOrOffTheSectorsIsRefused() {
        open(traits(true, false, false));
        assertTrue(device.read(1, MEMORY, BLOCK, 1L << 40));
        assertTrue(device.read(2, MEMORY, 100, 0));
        assertTrue(device.read(3, MEMORY + 8, BLOCK, 0));
        assertTrue(device.zero(4, -512, 512, true));
        assertEquals(List.of(), ends, "only from a poll");
        run(1);
        assertEquals(List.of("1 OUT_OF_RANGE", "2 INVALID", "3 INVALID", "4 OUT_OF_RANGE"), ends);
        assertEquals(List.of(), port.commands);
    }
}
