package io.twintrack.node.disk;

import io.twintrack.node.CommandFailedException;
import io.twintrack.sata.DiskHealth;
import io.twintrack.sata.SataDisk;
import io.twintrack.sata.SataException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** How one disk says it is. */
@Command(name = "health", description = "Shows how a disk is, by SMART; exit code 1 when a person should look at it.",
    mixinStandardHelpOptions = true)
final class DiskHealthCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "DISK", description = "Such as /dev/sda, /dev/sg0 or a path below /dev/bsg.")
    private Path path;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailedException {
        final DiskHealth health = read();
        final Table table = new Table("PROPERTY", "VALUE");
        table.add(List.of("disk", health.identity()));
        table.add(List.of("SMART verdict", health.verdict()));
        table.add(List.of("temperature", text(health.temperature(), " degrees Celsius")));
        table.add(List.of("power-on hours", text(health.powerOnHours(), "")));
        table.add(List.of("power cycles", text(health.powerCycles(), "")));
        table.add(List.of("reallocated sectors", text(health.reallocatedSectors(), "")));
        table.add(List.of("pending sectors", text(health.pendingSectors(), "")));
        table.add(List.of("uncorrectable sectors", text(health.uncorrectableSectors(), "")));
        table.add(List.of("CRC errors on the cable", text(health.crcErrors(), "")));
        final List<String> warnings = health.warnings(DiskHealth.Thresholds.DEFAULT);
        warnings.forEach(warning -> table.add(List.of("warning", warning)));
        spec.commandLine().getOut().print(table);
        return warnings.isEmpty() ? 0 : 1;
    }

    private DiskHealth read() throws CommandFailedException {
        try {
            return SataDisk.health(path.toString());
        } catch (final SataException e) {
            throw new CommandFailedException(e.getMessage());
        }
    }

    private static String text(final long value, final String unit) {
        return value == DiskHealth.UNKNOWN ? "unknown" : value + unit;
    }
}
