package io.twintrack.node;

import io.twintrack.node.config.KeyFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Makes the key that two nodes share. */
@Command(
    name = "create-key",
    description = "Makes a file with a random key of 32 bytes that two nodes share, open to its owner alone. Copy it "
        + "to the other host by a way that nobody else can read.",
    mixinStandardHelpOptions = true)
final class CreateKeyCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "The file to make; it must not exist.")
    private Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailedException {
        try {
            KeyFile.create(file);
        } catch (final IOException e) {
            throw new CommandFailedException(file + " was not made: " + IoErrors.sentence(e));
        }
        spec.commandLine().getOut().println("made " + file);
        return 0;
    }
}
