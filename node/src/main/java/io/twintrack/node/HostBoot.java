package io.twintrack.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Which start of this host it is, by random(4): /proc/sys/kernel/random/boot_id. */
final class HostBoot {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private HostBoot() {
    }

    /** @return the same as long as the host runs, never 0. */
    static long id() throws IOException {
        final UUID boot = UUID.fromString(Files.readString(BOOT_ID).strip());
        final long id = boot.getMostSignificantBits() ^ boot.getLeastSignificantBits();
        return id == 0 ? 1 : id;
    }
}
