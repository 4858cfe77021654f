package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.machine.Deadline;
import java.util.Arrays;
import org.agrona.UnsafeApi;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/** Uses a device as an HBA does, from one thread, and waits with a bound. */
final class DiskUser implements AutoCloseable {
    static final int MEMORY = 8 << 20;
    private static final int LIMIT_S = 40;

    final SataBlockDevice device;
    final long memory = Libc.mapPages(MEMORY);
    private final Long2ObjectHashMap<Status> ended = new Long2ObjectHashMap<>();
    private long nextToken;
    private boolean closed;

    DiskUser(final String path, final SataOptions options) {
        this(SataBlockDevice.open(path, options, () -> { }));
    }

    DiskUser(final SataBlockDevice device) {
        this.device = device;
        device.listener((token, status) -> assertEquals(null, ended.put(token, status), "ended twice"));
    }

    Status read(final int at, final int length, final long offset) {
        return await(startRead(at, length, offset));
    }

    Status write(final int at, final int length, final long offset, final boolean durable) {
        return await(startWrite(at, length, offset, durable));
    }

    Status flush() {
        final long token = nextToken++;
        assertTrue(device.flush(token));
        return await(token);
    }

    Status zero(final long offset, final long length, final boolean deallocate) {
        final long token = nextToken++;
        assertTrue(device.zero(token, offset, length, deallocate));
        return await(token);
    }

    long startRead(final int at, final int length, final long offset) {
        final long token = nextToken++;
        assertTrue(device.read(token, memory + at, length, offset));
        return token;
    }

    long startWrite(final int at, final int length, final long offset, final boolean durable) {
        final long token = nextToken++;
        assertTrue(device.write(token, memory + at, length, offset, durable));
        return token;
    }

    /** @return the operation's status, or null while it has not ended. */
    Status ended(final long token) {
        return ended.remove(token);
    }

    int poll() {
        return device.poll();
    }

    Status await(final long token) {
        final Deadline deadline = Deadline.in(LIMIT_S);
        while (!ended.containsKey(token)) {
            device.poll();
            assertFalse(deadline.isOver(), () -> "no end: " + device.counters());
        }
        return ended.remove(token);
    }

    /** Fills memory so that each 8 bytes say where they belong. */
    void stamp(final int at, final int length, final long stamp) {
        for (int i = 0; i < length; i += Long.BYTES) {
            UnsafeApi.putLong(memory + at + i, stamp + i);
        }
    }

    void fill(final int at, final int length, final int value) {
        UnsafeApi.setMemory(memory + at, length, (byte) value);
    }

    void assertStamped(final int at, final int length, final long stamp) {
        for (int i = 0; i < length; i += Long.BYTES) {
            assertEquals(stamp + i, UnsafeApi.getLong(memory + at + i), "at " + i);
        }
    }

    void assertFilled(final int at, final int length, final int value) {
        final byte[] expected = new byte[length];
        Arrays.fill(expected, (byte) value);
        assertEquals(-1, Arrays.mismatch(expected, bytes(at, length)), "the first byte that is not " + value);
    }

    byte[] bytes(final int at, final int length) {
        final byte[] bytes = new byte[length];
        new UnsafeBuffer(memory, MEMORY).getBytes(at, bytes);
        return bytes;
    }

    long count(final SataCounter counter) {
        return device.counters().get(counter);
    }

    /** Once: what is mapped at the same place meanwhile is another's. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        device.close();
        Libc.munmap(memory, MEMORY);
    }
}
