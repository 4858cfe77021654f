package io.twintrack.sata;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A device of the device mapper over the first MiB of a disk, as LVM makes them; linux/dm-ioctl.h.
 *
 * <pre>
 *   0  version 4.0.0   12 size   16 start of data   20 targets   40 device   48 name[128]   176 uuid[129]
 * 312  first sector    320 sectors   328 status   332 next   336 type[16]   352 parameters
 * </pre>
 */
final class MappedDisk implements AutoCloseable {
    private static final int HEADER = 312;
    private static final int LENGTH = 4096;
    private static final long DEV_CREATE = 0xC138FD03L;
    private static final long DEV_REMOVE = 0xC138FD04L;
    private static final long TABLE_LOAD = 0xC138FD09L;
    private static final int SECTORS = 2048;

    private final long memory = Libc.mapPages(LENGTH);
    private final UnsafeBuffer message = new UnsafeBuffer(memory, LENGTH);
    private final long control;
    private final String name;

    MappedDisk(final String name, final String uuid, final String disk) {
        this.name = name;
        control = Libc.open("/dev/mapper/control\0".getBytes(StandardCharsets.US_ASCII), Libc.O_RDWR, 0);
        header();
        message.putStringWithoutLengthAscii(176, uuid);
        call(DEV_CREATE);
        header();
        message.putInt(20, 1, ByteOrder.LITTLE_ENDIAN);
        message.putLong(HEADER + 8, SECTORS, ByteOrder.LITTLE_ENDIAN);
        message.putStringWithoutLengthAscii(HEADER + 24, "linear");
        message.putStringWithoutLengthAscii(HEADER + 40, disk + " 0");
        call(TABLE_LOAD);
    }

    private void header() {
        message.setMemory(0, LENGTH, (byte) 0);
        message.putInt(0, 4, ByteOrder.LITTLE_ENDIAN);
        message.putInt(12, LENGTH, ByteOrder.LITTLE_ENDIAN);
        message.putInt(16, HEADER, ByteOrder.LITTLE_ENDIAN);
        message.putStringWithoutLengthAscii(48, name);
    }

    private void call(final long request) {
        if ((int) Libc.ioctl(control, request, memory) != 0) {
            throw new AssertionError("the device mapper refuses " + Long.toHexString(request) + ": "
                + Libc.text(Libc.errno()));
        }
    }

    @Override
    public void close() {
        header();
        call(DEV_REMOVE);
        Libc.close(control);
        Libc.munmap(memory, LENGTH);
    }
}
