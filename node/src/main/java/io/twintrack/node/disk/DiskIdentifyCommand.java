package io.twintrack.node.disk;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.config.Units;
import io.twintrack.sata.SataDisk;
import io.twintrack.sata.SataException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** What one disk says it can do. */
@Command(name = "identify", description = "Shows what a disk says of itself.", mixinStandardHelpOptions = true)
final class DiskIdentifyCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DISK", description = "Such as /dev/sda, /dev/sg0 or a path below /dev/bsg.")
    private Path path;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailedException {
        try {
            spec.commandLine().getOut().print(table(SataDisk.look(path.toString())));
            return 0;
        } catch (final SataException e) {
            throw new CommandFailedException(e.getMessage());
        }
    }

    private static Table table(final SataDisk disk) {
        final Table table = new Table("PROPERTY", "VALUE");
        table.add(List.of("model", disk.identity().model()));
        table.add(List.of("serial number", disk.identity().serial()));
        table.add(List.of("world wide name", String.format("%016x", disk.identity().wwn())));
        table.add(List.of("firmware", disk.identity().firmware()));
        table.add(List.of("size", Units.sizeText(disk.size())));
        table.add(List.of("logical sector", disk.logicalSector() + " bytes"));
        table.add(List.of("physical sector", disk.physicalSector() + " bytes"));
        table.add(List.of("rotation", disk.rotation() < 0 ? "unknown"
            : disk.rotation() == 0 ? "none" : disk.rotation() + " a minute"));
        table.add(List.of("queued commands (NCQ)", disk.queueDepth()));
        table.add(List.of("longest transfer", Units.sizeText(disk.system().maxTransfer())));
        table.add(List.of("write cache", disk.writeCache() ? "on" : "off"));
        table.add(List.of("durable writes by", disk.fua()));
        table.add(List.of("trim reads as zeros", disk.trim() ? "yes" : "not promised"));
        table.add(List.of("SMART", disk.smart() ? "yes" : "no"));
        table.add(List.of("used by", disk.use() == null ? "nobody" : disk.use()));
        return table;
    }
}
