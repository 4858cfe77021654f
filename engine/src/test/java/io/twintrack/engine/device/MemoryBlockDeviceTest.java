package io.twintrack.engine.device;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockListener;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;

import static org.junit.jupiter.api.Assertions.*;

class MemoryBlockDeviceTest {
    private static final int SIZE = 64 * 1024;

    private final MemoryBlockDevice disk = new MemoryBlockDevice(SIZE, 512, 512, 4);
    private final UnsafeBuffer data = new UnsafeBuffer(BufferUtil.allocateDirectAligned(8192, 4096));
    private final List<Long> tokens = new ArrayList<>();
    private final List<Status> statuses = new ArrayList<>();

    @BeforeEach
    void listen() {
        listen(disk::listener);
    }

    @AfterEach
    void close() {
        disk.close();
    }

    @Test
    void whatIsWrittenIsReadBack() {
        data.setMemory(0, 1024, (byte) 7);
        assertTrue(disk.write(1, data.addressOffset(), 1024, 512, true));
        assertTrue(disk.read(2, data.addressOffset() + 4096, 2048, 0));
        assertEquals(List.of(), tokens, "nothing completes before a poll");
        assertEquals(2, disk.submit());
        assertEquals(0, disk.submit());
        assertEquals(2, disk.poll());
        assertEquals(List.of(1L, 2L), tokens);
        assertEquals(0, data.getByte(4096 + 511));
        assertEquals(7, data.getByte(4096 + 512));
        assertEquals(7, data.getByte(4096 + 1535));
        assertEquals(0, data.getByte(4096 + 1536));
    }

    @Test
    void zeroingAndFlushingComplete() {
        data.setMemory(0, 1024, (byte) 7);
        disk.write(1, data.addressOffset(), 1024, 0, false);
        disk.zero(2, 512, SIZE - 512, true);
        disk.flush(3);
        disk.read(4, data.addressOffset(), 1024, 0);
        disk.poll();
        assertEquals(List.of(Status.OK, Status.OK, Status.OK, Status.OK), statuses);
        assertEquals(7, data.getByte(511));
        assertEquals(0, data.getByte(512));
    }

    @Test
    void aFullQueueTakesNoMoreUntilAPoll() {
        for (int i = 0; i < 4; i++) {
            assertTrue(disk.flush(i));
        }
        assertFalse(disk.flush(4));
        assertEquals(4, disk.poll());
        assertTrue(disk.flush(5));
        disk.poll();
        assertEquals(List.of(0L, 1L, 2L, 3L, 5L), tokens);
    }

    @Test
    void whatAListenerStartsWaitsForTheNextPoll() {
        disk.listener((token, status) -> assertTrue(disk.flush(token + 1)));
        disk.flush(0);
        assertEquals(1, disk.poll());
        assertEquals(1, disk.poll());
    }

    @Test
    void badOperationsCompleteWithAnErrorAndTouchNothing() {
        final long address = data.addressOffset();
        disk.write(1, address, 1024, SIZE - 512, false);
        disk.write(2, address, 512, -512, false);
        disk.read(3, address, 100, 0);
        disk.write(4, address, 512, 256, false);
        disk.poll();
        disk.write(5, address + 8, 512, 0, false);
        disk.zero(6, 0, Long.MAX_VALUE & -512L, false);
        disk.poll();
        assertEquals(List.of(Status.OUT_OF_RANGE, Status.OUT_OF_RANGE, Status.INVALID, Status.INVALID, Status.INVALID,
            Status.OUT_OF_RANGE), statuses);
    }

    @Test
    void badSizesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new MemoryBlockDevice(1000, 512, 512, 4));
        assertThrows(IllegalArgumentException.class, () -> new MemoryBlockDevice(1024, 256, 512, 4));
        assertThrows(IllegalArgumentException.class, () -> new MemoryBlockDevice(1024, 512, 3, 4));
        assertThrows(IllegalArgumentException.class, () -> new MemoryBlockDevice(1024, 512, 512, 0));
    }

    @Test
    void faultsAreInjected() {
        final long seed = System.nanoTime();
        final FaultyBlockDevice faulty = new FaultyBlockDevice(new MemoryBlockDevice(SIZE, 512, 512, 64));
        try (faulty) {
            listen(faulty::listener);
            faulty.fail(1024, 2048, false, true, Status.NO_SPACE);
            faulty.failFlushes(Status.IO_ERROR);
            faulty.hold();
            faulty.refuse(1);
            assertFalse(faulty.flush(0));
            assertTrue(faulty.flush(1));
            assertTrue(faulty.write(2, data.addressOffset(), 1024, 512, true));
            assertTrue(faulty.read(3, data.addressOffset(), 1024, 1024));
            assertEquals(0, faulty.poll());
            faulty.release(2);
            assertEquals(2, faulty.poll());
            faulty.releaseAll();
            assertEquals(1, faulty.poll());
            assertEquals(List.of(Status.IO_ERROR, Status.NO_SPACE, Status.OK), statuses);
            tokens.clear();
            faulty.heal();
            faulty.reorder(new Random(seed));
            LongStream.range(0, 50).forEach(faulty::flush);
            assertEquals(50, faulty.poll());
            assertNotEquals(LongStream.range(0, 50).boxed().toList(), tokens, "seed " + seed);
            assertEquals(LongStream.range(0, 50).boxed().toList(), tokens.stream().sorted().toList(), "seed " + seed);
        }
    }

    private void listen(final Consumer<BlockListener> device) {
        device.accept((token, status) -> {
            tokens.add(token);
            statuses.add(status);
        });
    }
}
