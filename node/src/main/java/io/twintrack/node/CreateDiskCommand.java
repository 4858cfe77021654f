package io.twintrack.node;

import io.twintrack.node.config.Units;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Makes a file that serves as a disk. */
@Command(
    name = "create-disk",
    description = "Makes a file that serves as a disk, written with zeros from end to end.",
    mixinStandardHelpOptions = true)
final class CreateDiskCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "PATH", description = "The file to make; it must not exist.")
    private Path path;

    @Parameters(index = "1", paramLabel = "SIZE", converter = Twintrack.DiskSize.class,
        description = "Such as \"256 MiB\"; a multiple of 4 KiB.")
    private long size;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailedException {
        try {
            ZeroedFile.create(path, size, written -> { });
        } catch (final IOException e) {
            throw new CommandFailedException(path + " was not made: " + IoErrors.sentence(e));
        }
        spec.commandLine().getOut().println("made " + path + ", " + Units.sizeText(size));
        return 0;
    }
}
