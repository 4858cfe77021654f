package io.twintrack.sata;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** A port whose commands end as a test says, with headers and sense data as the system would write them. */
final class ScriptedPort implements CommandPort {
    static final String GOOD = "good";
    /** Registers as libata gives them in descriptor form. */
    static final String ABORTED = registers(0x41, 0x04);
    static final String UNCORRECTABLE = registers(0x51, 0x40);
    static final String INNOCENT = registers(0x40, 0x00);
    static final String CRC = registers(0x51, 0x84);
    static final String GONE = "host 1";

    final List<String> commands = new ArrayList<>();
    private final CommandTable table;
    private final Deque<String> script = new ArrayDeque<>();
    private final Deque<Integer> inFlight = new ArrayDeque<>();
    int errno;
    boolean full;

    ScriptedPort(final CommandTable table) {
        this.table = table;
    }

    CommandTable table() {
        return table;
    }

    private static String registers(final int status, final int error) {
        return "720b00000000000e" + "090c01" + String.format("%02x", error) + "000000000000000040"
            + String.format("%02x", status);
    }

    /** How the next commands end, in the order in which they are delivered; good after the last. */
    void script(final String... ends) {
        script.addAll(List.of(ends));
    }

    @Override
    public int start(final int cell) {
        if (full) {
            return FULL;
        }
        if (errno != 0) {
            return errno;
        }
        final PassThrough16 cdb = new PassThrough16().wrap(table.memory(), cell * 1024 + 192);
        commands.add(String.format("%02x lba %d count %d features %d device %02x", cdb.command(), cdb.lba(),
            cdb.count(), cdb.features(), table.memory().getByte(cell * 1024 + 192 + 13)));
        inFlight.add(cell);
        return 0;
    }

    @Override
    public int poll(final Listener listener) {
        final int count = inFlight.size();
        for (int i = 0; i < count; i++) {
            final int cell = inFlight.poll();
            end(cell, script.isEmpty() ? GOOD : script.poll());
            listener.onEnd(cell);
        }
        return count;
    }

    private void end(final int cell, final String how) {
        final UnsafeBuffer memory = table.memory();
        final int at = cell * 1024;
        memory.setMemory(at + 64, 24, (byte) 0);
        if (how.startsWith("host ")) {
            memory.putShort(at + 68, Short.parseShort(how.substring(5)));
        } else if (!how.equals(GOOD)) {
            final UnsafeBuffer sense = Bytes.of(how);
            memory.putBytes(at + 256, sense, 0, sense.capacity());
            memory.putByte(at + 64, (byte) 2);
            memory.putByte(at + 67, (byte) sense.capacity());
        }
    }

    @Override
    public int inFlight() {
        return inFlight.size();
    }

    @Override
    public int watchCount() {
        return 0;
    }

    @Override
    public int watch(final int index) {
        throw new IndexOutOfBoundsException(index);
    }

    @Override
    public String describe() {
        return "scripted";
    }

    @Override
    public void close() {
    }
}
