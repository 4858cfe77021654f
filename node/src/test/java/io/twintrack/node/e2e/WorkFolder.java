package io.twintrack.node.e2e;

import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

import java.nio.file.Files;
import java.nio.file.Path;

/** Temporary folders beside the build's output: the system's own may be on tmpfs, which is no disk. */
public final class WorkFolder implements TempDirFactory {
    @Override
    public Path createTempDirectory(final AnnotatedElementContext element, final ExtensionContext context)
        throws Exception {
        return Files.createTempDirectory(Files.createDirectories(Path.of("target").toAbsolutePath()), "e2e-");
    }
}
