package io.twintrack.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.CommandFailedException;
import io.twintrack.node.Json;
import io.twintrack.node.Twintrack;
import io.twintrack.node.config.Units;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The volumes of a running node. */
@Command(
    name = "volume",
    description = "Makes, lists, changes and forgets the volumes of a running node.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = HelpCommand.class)
public final class VolumeCommand {
    @Spec
    private CommandSpec spec;

    /** What a volume lies on. */
    private static final class Disks {
        @Option(names = "--path", paramLabel = "FILE", required = true,
            description = "A file or block device. A file that does not exist is made and filled with zeros; what "
                + "exists keeps its bytes.")
        private Path path;

        @Option(names = "--extent", paramLabel = "PATH:OFFSET:LENGTH", required = true, converter = ExtentReader.class,
            description = "A piece of a disk that exists, such as /dev/sdb1:0:100GiB; several in the volume's order.")
        private List<Map<String, Object>> extents;
    }

    @Command(name = "create", description = "Makes a volume.", mixinStandardHelpOptions = true)
    int create(
        @Mixin final NodeOptions node,
        @Parameters(index = "0", paramLabel = "NAME", converter = Twintrack.Name.class,
            description = "Of the volume.") final String name,
        @Parameters(index = "1", paramLabel = "SIZE", converter = Twintrack.DiskSize.class,
            description = "Such as \"256 MiB\"; a multiple of 4 KiB.") final Long size,
        @ArgGroup(multiplicity = "1") final Disks disks,
        @Option(names = "--hba", paramLabel = "NAME", converter = Twintrack.Name.class,
            description = "Where the node has several.") final String hba,
        @Option(names = "--stripe", paramLabel = "SIZE", converter = Twintrack.DiskSize.class,
            description = "Deals the bytes out to the extents in stripes of this size.") final Long stripe)
        throws CommandFailedException {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("sizeBytes", size);
        fields.put("hba", hba);
        fields.put("path", disks.path == null ? null : disks.path.toAbsolutePath().normalize().toString());
        fields.put("extents", disks.extents);
        fields.put("layout", stripe == null ? null : "striped");
        fields.put("stripeBytes", stripe);
        final JsonNode made = node.ask(client -> client.post("/v1/volumes", fields));
        return say("volume " + made.path("name").asText() + " is made: " + size(made));
    }

    @Command(name = "list", description = "Lists the volumes.", mixinStandardHelpOptions = true)
    int list(
        @Mixin final NodeOptions node,
        @Option(names = "--json", description = "As JSON; docs/CONTROL.md describes it.") final boolean json)
        throws CommandFailedException {
        final JsonNode volumes = node.ask(client -> client.get("/v1/volumes"));
        return say(json ? Json.pretty(volumes) : table(volumes.path("volumes")));
    }

    @Command(name = "grow", description = "Makes a volume larger, at its end.", mixinStandardHelpOptions = true)
    int grow(
        @Mixin final NodeOptions node,
        @Parameters(index = "0", paramLabel = "NAME", converter = Twintrack.Name.class,
            description = "Of the volume.") final String name,
        @Parameters(index = "1", paramLabel = "SIZE", converter = Twintrack.DiskSize.class,
            description = "The whole new size.") final Long size) throws CommandFailedException {
        return resize(node, name, "grow", size);
    }

    @Command(name = "shrink", description = "Makes a volume smaller; what lay behind its new end is gone.",
        mixinStandardHelpOptions = true)
    int shrink(
        @Mixin final NodeOptions node,
        @Parameters(index = "0", paramLabel = "NAME", converter = Twintrack.Name.class,
            description = "Of the volume.") final String name,
        @Parameters(index = "1", paramLabel = "SIZE", converter = Twintrack.DiskSize.class,
            description = "The whole new size.") final Long size) throws CommandFailedException {
        return resize(node, name, "shrink", size);
    }

    @Command(name = "delete", description = "Forgets a volume on which no pair lies.", mixinStandardHelpOptions = true)
    int delete(
        @Mixin final NodeOptions node,
        @Parameters(index = "0", paramLabel = "NAME", converter = Twintrack.Name.class,
            description = "Of the volume.") final String name,
        @Option(names = "--remove-files", description = "Removes the files too that were made with it.")
        final boolean removeFiles) throws CommandFailedException {
        return say(NodeOptions.done(node.ask(
            client -> client.delete("/v1/volumes/" + name + (removeFiles ? "?files=remove" : "")))));
    }

    private int resize(final NodeOptions node, final String name, final String command, final long size)
        throws CommandFailedException {
        final JsonNode volume =
            node.ask(client -> client.post("/v1/volumes/" + name + '/' + command, Map.of("sizeBytes", size)));
        return say("volume " + name + " has " + size(volume));
    }

    private static String table(final JsonNode volumes) {
        final TextTable table = new TextTable("VOLUME", "SIZE", "PAIR", "HBA", "MADE BY", "STATE", "DISKS");
        for (final JsonNode volume : volumes) {
            final StringBuilder disks = new StringBuilder();
            volume.path("extents").forEach(extent -> disks.append(disks.isEmpty() ? "" : " ")
                .append(extent.path("path").asText()));
            table.row(volume.path("name").asText(), size(volume),
                volume.path("pair").isNull() ? "-" : volume.path("pair").asText(), volume.path("hba").asText(),
                volume.path("declared").asBoolean() ? "file" : "command", volume.path("state").asText(),
                disks.toString());
        }
        return table.toString();
    }

    private static String size(final JsonNode volume) {
        return Units.sizeText(volume.path("sizeBytes").asLong());
    }

    private int say(final String text) {
        spec.commandLine().getOut().println(text.stripTrailing());
        return 0;
    }

    /** From the right, because a path may have colons. */
    static final class ExtentReader implements ITypeConverter<Map<String, Object>> {
        @Override
        public Map<String, Object> convert(final String text) {
            final int second = text.lastIndexOf(':');
            final int first = second < 1 ? -1 : text.lastIndexOf(':', second - 1);
            final long offset = first < 1 ? -1 : Units.size(text.substring(first + 1, second));
            final long length = first < 1 ? -1 : Units.size(text.substring(second + 1));
            if (offset < 0 || length <= 0) {
                throw new TypeConversionException(
                    "'" + text + "' is not PATH:OFFSET:LENGTH, such as /dev/sdb1:0:100GiB");
            }
            final Map<String, Object> extent = new LinkedHashMap<>();
            extent.put("path", Path.of(text.substring(0, first)).toAbsolutePath().normalize().toString());
            extent.put("offsetBytes", offset);
            extent.put("lengthBytes", length);
            return extent;
        }
    }
}
