package io.twintrack.node.disk;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** What disks there are, what they can do and how they are. Looks, and changes nothing. */
@Command(
    name = "disk",
    description = "Shows the disks of this host that \"type: sata\" could use.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {DiskListCommand.class, DiskIdentifyCommand.class, DiskHealthCommand.class, HelpCommand.class})
public final class DiskCommand {
}
