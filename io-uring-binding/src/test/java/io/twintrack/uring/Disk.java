package io.twintrack.uring;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.twintrack.engine.Status;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.agrona.UnsafeApi;

/** A device with its ring and memory, used by the tests one operation at a time or many. */
final class Disk implements AutoCloseable {
    static final int MEMORY_LENGTH = 1 << 20;

    final Ring ring;
    final UringBlockDevice device;
    final NativeMemory memory = NativeMemory.map(MEMORY_LENGTH);
    final Map<Long, Status> completed = new HashMap<>();
    private long nextToken;

    Disk(final Ring ring, final Path path, final DiskOptions options) {
        this.ring = ring;
        this.device = UringBlockDevice.open(ring, path, options);
        device.listener((token, status) -> assertNull(completed.put(token, status), "completed twice"));
    }

    long token() {
        return nextToken++;
    }

    void skipTokens(final int count) {
        nextToken += count;
    }

    Status await(final long token) {
        RingKind.runUntil(ring, () -> completed.containsKey(token));
        return completed.remove(token);
    }

    private void start(final BooleanSupplier operation) {
        RingKind.runUntil(ring, operation);
    }

    Status write(final byte[] bytes, final long offset, final boolean durable) {
        put(memory.address(), bytes);
        final long token = token();
        start(() -> device.write(token, memory.address(), bytes.length, offset, durable));
        return await(token);
    }

    Status read(final byte[] into, final long offset) {
        final long token = token();
        start(() -> device.read(token, memory.address(), into.length, offset));
        final Status status = await(token);
        get(memory.address(), into);
        return status;
    }

    Status flush() {
        final long token = token();
        start(() -> device.flush(token));
        return await(token);
    }

    Status zero(final long offset, final long length, final boolean deallocate) {
        final long token = token();
        start(() -> device.zero(token, offset, length, deallocate));
        return await(token);
    }

    static void put(final long address, final byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            UnsafeApi.putByte(address + i, bytes[i]);
        }
    }

    static void get(final long address, final byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = UnsafeApi.getByte(address + i);
        }
    }

    @Override
    public void close() {
        device.close();
        ring.close();
        memory.close();
    }
}
