package io.twintrack.sata;

/**
 * What the disk and the system can do, and so what is sent: NCQ where both have it; what makes a write durable in the
 * order NCQ's FUA bit, WRITE DMA FUA EXT, a flush behind it.
 *
 * @param commands    at a time, 1 to 32.
 * @param maxTransfer of one command, in bytes, a multiple of the logical sector.
 * @param trim        what was trimmed reads as zeros.
 */
record DiskTraits(
    int logicalSector, int physicalSector, int alignmentOffset, long size, int commands, int maxTransfer,
        boolean queued,
    boolean lba48, boolean fuaExt, boolean flushExt, boolean trim, boolean writeCache, int rotation) {

    private static final int MOST_SECTORS_28 = 256;
    private static final int MOST_SECTORS_48 = 65536;
    private static final int LBA = 0x40;
    private static final int FUA = 0x80;

    static DiskTraits of(final IdentifyData data, final SysDisk disk, final SataOptions options) {
        final int depth = Math.min(data.queueDepth(), disk.queueDepth());
        final boolean queued = depth > 1;
        final long most = (long) (data.hasLba48() ? MOST_SECTORS_48 : MOST_SECTORS_28) * data.logicalSector();
        final long size = data.sectors() * data.logicalSector();
        return new DiskTraits(data.logicalSector(), data.physicalSector(), data.alignmentOffset(),
            // The system hides what lies beyond a host protected area that it does not lift.
            disk.size() == 0 ? size : Math.min(size, disk.size()),
            // Without NCQ the disk does one at a time; a second one waits in the system, so that it does not idle.
            Math.min(options.commands(), queued ? depth : 2), (int) Math.min(disk.maxTransfer(), most), queued,
            data.hasLba48(), data.hasFuaExt(), data.hasFlushExt(),
            data.isTrimZeroing() || data.hasTrim() && options.trustTrim(), data.isWriteCacheOn(),
            data.rotation());
    }

    /** @param plain not by NCQ, whose errors are hard to tell apart. */
    AtaCommand read(final boolean plain) {
        return queued && !plain ? AtaCommand.READ_FPDMA_QUEUED : lba48 ? AtaCommand.READ_DMA_EXT : AtaCommand.READ_DMA;
    }

    AtaCommand write(final boolean durable, final boolean plain) {
        if (queued && !plain) {
            return AtaCommand.WRITE_FPDMA_QUEUED;
        }
        return durable && fuaExt ? AtaCommand.WRITE_DMA_FUA_EXT
            : lba48 ? AtaCommand.WRITE_DMA_EXT : AtaCommand.WRITE_DMA;
    }

    AtaCommand flush() {
        return flushExt ? AtaCommand.FLUSH_CACHE_EXT : AtaCommand.FLUSH_CACHE;
    }

    /** Whether a durable write by this command needs a flush behind it. */
    boolean needsFlushAfter(final AtaCommand command) {
        return command != AtaCommand.WRITE_FPDMA_QUEUED && command != AtaCommand.WRITE_DMA_FUA_EXT;
    }

    /** The device register of a transfer; 28-bit commands have the upper bits of their address there. */
    int device(final AtaCommand command, final long lba, final boolean durable) {
        if (command.isQueued()) {
            return LBA | (durable ? FUA : 0);
        }
        return command.isExtended() ? LBA : LBA | (int) (lba >>> 24) & 0xF;
    }

    /** For people. */
    String describe() {
        return size + " bytes, sectors of " + logicalSector
            + (physicalSector == logicalSector ? "" : " on " + physicalSector)
            + (queued ? ", NCQ with " + commands + " commands" : ", without NCQ")
            + (queued ? ", FUA by NCQ" : fuaExt ? ", FUA by command" : ", FUA by flush")
            + (trim ? ", TRIM" : "") + (writeCache ? ", write cache on" : ", write cache off");
    }
}
