package io.twintrack.bench;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the volumes of a comparison lie. */
final class OnDisk {
    @Option(names = "--dir", paramLabel = "DIR", defaultValue = ".",
        description = "Folder on the disk to measure; a temporary folder is made in it (default: the current one).")
    Path dir;
}
