package io.twintrack.sata;

/**
 * Single commands to one disk, each waited for: to get to know it and to ask how it is. Not for an HBA's thread. One
 * thread at a time.
 */
final class AtaDialogue implements AutoCloseable {
    private static final int SMART_DATA = 0xD0;
    private static final int SMART_STATUS = 0xDA;
    /** What the registers LBA 23 to 8 must hold for SMART, and what comes back from a disk that predicts its end. */
    private static final long SMART_SIGNATURE = 0xC24F00;
    private static final long SMART_FAILING = 0x2CF400;
    private static final long SMART_SIGNATURE_MASK = 0xFFFF00;
    private static final long SG_IO = 0x2285;
    private static final int TIMEOUT_MS = 10_000;
    private static final int CELL = 0;

    private final String path;
    private final int fd;
    private final CommandTable table = new CommandTable(1, false);

    private AtaDialogue(final String path, final int fd) {
        this.path = path;
        this.fd = fd;
    }

    /** @throws SataException when it cannot be opened. */
    static AtaDialogue open(final String path) {
        // A block device opens without waiting for a medium, and does not close with an event for udev.
        return new AtaDialogue(path, OpenFile.open(path, Libc.O_RDONLY | Libc.O_NONBLOCK));
    }

    /**
     * @return the same flyweight at every call, over memory that the next command reuses.
     * @throws SataException when it is not an ATA disk, which the message says.
     */
    IdentifyData identify() {
        final AtaFault fault = execute(AtaCommand.IDENTIFY_DEVICE, 0, 1, 0, CommandTable.PAYLOAD);
        if (fault != AtaFault.NONE) {
            throw new SataException(path + " is not an ATA disk, or not one that can be talked to: IDENTIFY DEVICE "
                + "ended with " + fault + ", " + table.sense(CELL), 0);
        }
        final IdentifyData data = new IdentifyData().wrap(table.memory(), table.payloadOffset(CELL));
        if (!data.isAta() || !data.isIntact()) {
            throw new SataException(path + " is not an ATA disk: its IDENTIFY data says so", 0);
        }
        return data;
    }

    /** @return the same memory at every command; null when the disk has none. */
    SmartData smart() {
        final AtaFault fault =
            execute(AtaCommand.SMART_READ, SMART_SIGNATURE, 1, SMART_DATA, CommandTable.PAYLOAD);
        final SmartData data = new SmartData().wrap(table.memory(), table.payloadOffset(CELL));
        return fault == AtaFault.NONE && data.isIntact() ? data : null;
    }

    /** @return whether the disk predicts its own failure; null when it does not say. */
    Boolean isSmartFailing() {
        final AtaFault fault = execute(AtaCommand.SMART_RETURN_STATUS, SMART_SIGNATURE, 0, SMART_STATUS, 0);
        final SenseData sense = table.sense(CELL);
        if (fault != AtaFault.NONE || !sense.hasRegisters()) {
            return null;
        }
        final long signature = sense.lba() & SMART_SIGNATURE_MASK;
        return signature == SMART_FAILING ? Boolean.TRUE : signature == SMART_SIGNATURE ? Boolean.FALSE : null;
    }

    AtaFault execute(final AtaCommand command, final long lba, final int count, final int features, final int length) {
        final long data = table.payloadAddress(CELL);
        table.put(CELL, command, lba, count, features, 0, false, data, length, TIMEOUT_MS);
        int errno = Libc.EINTR;
        while (errno == Libc.EINTR) {
            errno = (int) Libc.ioctl(fd, SG_IO, table.headerAddress(CELL)) < 0 ? Libc.errno() : 0;
        }
        return errno == 0 ? table.result(CELL) : SystemRefusal.of(errno);
    }

    SenseData sense() {
        return table.sense(CELL);
    }

    @Override
    public void close() {
        Libc.close(fd);
        table.close();
    }
}
