package io.twintrack.transport.aeron;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DriverDirectoryTest {
    @Test
    void linksThatFitAloneButNotTogetherAreRefused() throws IOException {
        final Path path = End.newDirectory();
        try (DriverDirectory directory = DriverDirectory.take(path)) {
            final long most = Files.getFileStore(path.getParent()).getUsableSpace() * 2 / 3;
            directory.promise(most);
            final IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> directory.promise(most));
            assertTrue(refusal.getMessage().startsWith("the link needs " + DriverDirectory.mebibytes(most)),
                refusal.getMessage());
            directory.giveBack(most);
            directory.promise(most);
        }
    }
}
