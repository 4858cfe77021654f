package io.twintrack.node.disk;

import io.twintrack.node.config.Units;
import io.twintrack.sata.SataDisk;
import io.twintrack.sata.SataException;
import io.twintrack.sata.SysDisk;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.util.List;
import java.util.concurrent.Callable;

/** A table of all SCSI disks, which ATA disks are to the system. */
@Command(name = "list", description = "Lists the disks and who uses them.", mixinStandardHelpOptions = true)
final class DiskListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        final Table table = new Table("DISK", "SIZE", "MODEL", "SERIAL", "WWN", "QUEUE", "USED BY");
        for (final SysDisk disk : SysDisk.all()) {
            add(disk, table);
        }
        spec.commandLine().getOut().print(table.isEmpty() ? "no SCSI or SATA disks\n" : table);
        return 0;
    }

    private static void add(final SysDisk system, final Table table) {
        try {
            final SataDisk disk = SataDisk.look(system.path());
            table.add(List.of(system.path(), Units.sizeText(disk.size()), disk.identity().model(),
                disk.identity().serial(), disk.identity().wwn() == 0 ? "-" : wwn(disk), disk.queueDepth(),
                disk.use() == null ? "-" : disk.use()));
        } catch (final SataException e) {
            table.add(List.of(system.path(), Units.sizeText(system.size()), "-", "-", "-", "-", e.getMessage()));
        }
    }

    private static String wwn(final SataDisk disk) {
        return String.format("%016x", disk.identity().wwn());
    }
}
