package io.twintrack.sata;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A disk that is held for pass-through: claimed, known by its IDENTIFY data, with a way for commands. The claim is an
 * exclusive open of the block device for as long as it is held, which is what file systems, md, LVM and swap do as
 * well: whoever comes second is refused.
 */
final class HeldDisk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeldDisk.class);
    private static final long BLKFLSBUF = 0x1261;
    private static final Path DIRECT_IO = Path.of("/sys/module/sg/parameters/allow_dio");

    private final int claim;
    private final DiskIdentity identity;
    private final DiskTraits traits;
    private final SysDisk disk;
    private final CommandTable table;
    private final CommandPort port;
    private boolean closed;

    HeldDisk(final int claim, final DiskIdentity identity, final DiskTraits traits, final SysDisk disk,
        final CommandTable table, final CommandPort port) {
        this.claim = claim;
        this.identity = identity;
        this.traits = traits;
        this.disk = disk;
        this.table = table;
        this.port = port;
    }

    /**
     * @param wakeUp called on other threads when a command ended; only lanes do.
     * @throws SataException when it is in use, no whole ATA disk, or too small; the message says which.
     */
    static HeldDisk open(final String path, final SataOptions options, final SysFiles files, final Runnable wakeUp) {
        final SysDisk disk = SysDisk.find(path, files);
        final int claim = claim(disk, files);
        try {
            return open(disk, claim, options, wakeUp);
        } catch (final RuntimeException e) {
            Libc.close(claim);
            throw e;
        }
    }

    private static HeldDisk open(
        final SysDisk disk, final int claim, final SataOptions options, final Runnable wakeUp) {
        final DiskIdentity identity;
        final DiskTraits traits;
        final boolean asynchronous = options.way() == SataOptions.Way.ASYNCHRONOUS
            || options.way() == SataOptions.Way.AUTO && !disk.bsg() && !disk.sg().isEmpty();
        try (AtaDialogue dialogue = AtaDialogue.open(disk.commandPath())) {
            final IdentifyData data = dialogue.identify();
            identity = data.identity();
            traits = DiskTraits.of(data, disk, asynchronous ? leaveOneRequest(disk, options) : options);
        }
        check(disk, traits, options);
        // What the page cache holds of the disk is written and forgotten, so that it cannot overwrite ours later.
        Libc.ioctl(claim, BLKFLSBUF, 0);
        if (asynchronous && disk.sg().isEmpty()) {
            throw new SataException(disk.path() + " has no /dev/sgN; load the kernel module sg", 0);
        }
        if (asynchronous && SysFiles.text(DIRECT_IO).equals("0")) {
            LOG.warn("{}: the system copies every transfer; without that it is faster: echo 1 > {}", disk.path(),
                DIRECT_IO);
        }
        final CommandTable table = new CommandTable(traits.commands(), disk.bsg() && !asynchronous);
        try {
            final CommandPort port = asynchronous
                ? SgPort.open(table, "/dev/" + disk.sg()) : LanePort.open(table, disk.path(), wakeUp);
            return new HeldDisk(claim, identity, traits, disk, table, port);
        } catch (final RuntimeException e) {
            table.close();
            throw e;
        }
    }

    /**
     * A write to /dev/sgN sleeps when the system has no request left for it (drivers/scsi/sg.c, sg_start_req), and with
     * it the HBA. One is left for a command of somebody else, such as one for the disk's health.
     */
    static SataOptions leaveOneRequest(final SysDisk disk, final SataOptions options) {
        return disk.requests() == 0 ? options
            : options.commands(Math.max(1, Math.min(options.commands(), disk.requests() - 1)));
    }

    private static int claim(final SysDisk disk, final SysFiles files) {
        requireUnused(disk, files);
        final int claim = OpenFile.tryOpen(disk.blockPath(), Libc.O_RDONLY | Libc.O_EXCL);
        if (claim == -Libc.EBUSY) {
            requireUnused(disk, files);
            throw new SataException(disk.path() + " is in use by another process", Libc.EBUSY);
        } else if (claim < 0) {
            throw new SataException(disk.path() + " cannot be opened: " + Libc.text(-claim), -claim);
        }
        return claim;
    }

    private static void requireUnused(final SysDisk disk, final SysFiles files) {
        final String use = DiskUse.of(disk.block(), files);
        if (use != null) {
            throw new SataException(disk.path() + " is not free: " + use, Libc.EBUSY);
        }
    }

    private static void check(final SysDisk disk, final DiskTraits traits, final SataOptions options) {
        final int sector = traits.logicalSector();
        if (sector < IdentifyData.MIN_SECTOR || sector > 4096 || Integer.bitCount(sector) != 1) {
            throw new SataException(disk.path() + " has sectors of " + sector + " bytes; 512 to 4096 are allowed", 0);
        }
        if (traits.size() < options.minSize()) {
            throw new SataException(
                disk.path() + " has " + traits.size() + " bytes, " + options.minSize() + " are needed", 0);
        }
    }

    DiskIdentity identity() {
        return identity;
    }

    DiskTraits traits() {
        return traits;
    }

    SysDisk disk() {
        return disk;
    }

    CommandTable table() {
        return table;
    }

    CommandPort port() {
        return port;
    }

    String describe() {
        return disk.blockPath() + ", " + identity + ", " + traits.describe() + ", " + port.describe();
    }

    /** With nothing in flight. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        port.close();
        table.close();
        // The page cache may have read while we wrote past it.
        Libc.ioctl(claim, BLKFLSBUF, 0);
        Libc.close(claim);
    }
}
