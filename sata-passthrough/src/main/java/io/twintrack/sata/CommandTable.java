package io.twintrack.sata;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The memory that commands need while the system works on them, one cell of 1 KiB for each:
 * <pre>
 *      0   header, version 3 or 4
 *    192   command descriptor block, 16
 *    256   sense data, 64
 *    384   state of a lane, 8 (a cache line of its own)
 *    512   a block of payload: IDENTIFY and SMART data, TRIM ranges
 *   1024
 * </pre>
 * A cell belongs to one command at a time, and to one thread.
 */
final class CommandTable implements AutoCloseable {
    static final int PAYLOAD = 512;

    private static final int CELL = 1024;
    private static final int CDB_AT = 192;
    private static final int SENSE_AT = 256;
    private static final int STATE_AT = 384;
    private static final int PAYLOAD_AT = 512;

    private final int capacity;
    private final boolean version4;
    private final long address;
    private final UnsafeBuffer memory = new UnsafeBuffer(0, 0);
    private final PassThrough16 cdb = new PassThrough16();
    private final SgHeaderV3 v3 = new SgHeaderV3();
    private final SgHeaderV4 v4 = new SgHeaderV4();
    private final SenseData sense = new SenseData();

    /** @param version4 whether headers are those of bsg. */
    CommandTable(final int capacity, final boolean version4) {
        this.capacity = capacity;
        this.version4 = version4;
        address = Libc.mapPages((long) capacity * CELL);
        memory.wrap(address, capacity * CELL);
    }

    int capacity() {
        return capacity;
    }

    /** Fills the cell's command and header. The parameters are those of the two flyweights. */
    void put(final int cell, final AtaCommand command, final long lba, final int count, final int features,
        final int device, final boolean logicalSectors, final long dataAddress, final int length,
        final int timeoutMs) {
        final int at = cell * CELL;
        cdb.wrap(memory, at + CDB_AT).put(command, lba, count, features, device, logicalSectors);
        header(cell).put(command.direction(), address + at + CDB_AT, address + at + SENSE_AT, SenseData.ROOM,
            dataAddress, length, timeoutMs, cell);
    }

    /** The same flyweight at every call. */
    SgHeader header(final int cell) {
        return version4 ? v4.wrap(memory, cell * CELL) : v3.wrap(memory, cell * CELL);
    }

    SenseData sense(final int cell) {
        final int length = Math.min(header(cell).senseLength(), SenseData.ROOM);
        return sense.wrap(memory, cell * CELL + SENSE_AT, Math.max(0, length));
    }

    AtaFault result(final int cell) {
        return CommandResult.of(header(cell), sense(cell));
    }

    /** Takes over a version 3 header that the system returned elsewhere. */
    void takeHeader(final int cell, final long from) {
        UnsafeApi.copyMemory(from, address + (long) cell * CELL, SgHeaderV3.LENGTH);
    }

    /** bsg does not fill it. Any thread that has the cell. */
    void putDuration(final int cell, final long milliseconds) {
        if (version4) {
            memory.putInt(cell * CELL + SgHeaderV4.DURATION_AT, (int) milliseconds);
        }
    }

    boolean wasDirect(final int cell) {
        return !version4 && v3.wrap(memory, cell * CELL).wasDirect();
    }

    long headerAddress(final int cell) {
        return address + (long) cell * CELL;
    }

    long payloadAddress(final int cell) {
        return address + (long) cell * CELL + PAYLOAD_AT;
    }

    int payloadOffset(final int cell) {
        return cell * CELL + PAYLOAD_AT;
    }

    int stateOffset(final int cell) {
        return cell * CELL + STATE_AT;
    }

    UnsafeBuffer memory() {
        return memory;
    }

    @Override
    public void close() {
        memory.wrap(0, 0);
        Libc.munmap(address, (long) capacity * CELL);
    }
}
