package io.twintrack.sata;

/**
 * A disk that is looked at and not used: for people who want to know what there is. Any thread; each call talks to the
 * disk and waits for it, and may disturb nobody.
 *
 * @param writeCache whether the disk keeps writes in a cache that loses power.
 * @param use        who uses it, a sentence; null when nobody does.
 */
public record SataDisk(
    SysDisk system, DiskIdentity identity, long size, int logicalSector, int physicalSector, int queueDepth,
    boolean writeCache, String fua, boolean trim, boolean smart, int rotation, String use) {

    /** @throws SataException when the path leads to no whole ATA disk; the message says why. */
    public static SataDisk look(final String path) {
        final SysDisk system = SysDisk.find(path, SysFiles.SYSTEM);
        try (AtaDialogue dialogue = AtaDialogue.open(system.commandPath())) {
            final IdentifyData data = dialogue.identify();
            final DiskTraits traits = DiskTraits.of(data, system, SataOptions.DEFAULT);
            return new SataDisk(system, data.identity(), traits.size(), data.logicalSector(), data.physicalSector(),
                traits.queued() ? traits.commands() : 1, data.isWriteCacheOn(),
                traits.queued() ? "NCQ" : traits.fuaExt() ? "command" : "flush", data.isTrimZeroing(), data.hasSmart(),
                data.rotation(), DiskUse.of(system.block(), SysFiles.SYSTEM));
        }
    }

    /** @throws SataException when the path leads to no whole ATA disk. */
    public static DiskHealth health(final String path) {
        try (AtaDialogue dialogue = AtaDialogue.open(SysDisk.find(path, SysFiles.SYSTEM).commandPath())) {
            return DiskHealth.read(dialogue);
        }
    }
}
