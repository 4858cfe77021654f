package io.twintrack.node;

import io.twintrack.engine.memory.HbaMemory;
import io.twintrack.engine.memory.HbaMemoryLayout;
import io.twintrack.engine.memory.HbaMemoryOptions;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.node.config.MemoryConfig;
import net.openhft.chronicle.bytes.MappedBytes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The memory of one HBA: a file in a RAM file system, mapped once as a whole. Its room is taken when it is made,
 * because a RAM file system that is full later would end the process at the first touch of a page. The file's name is
 * given up as soon as it is mapped, so that a killed process leaves nothing behind.
 */
final class HbaMemoryFile implements AutoCloseable {
    /**
     * Chronicle tries two ways of freeing byte buffers and warns of the one that needs an open JDK; it has the other.
     * Held here, because a logger that nobody holds forgets its level.
     */
    private static final Logger CLEANER_LOG =
        Logger.getLogger("net.openhft.chronicle.core.internal.cleaner.ReflectionBasedByteBufferCleanerService");

    static {
        CLEANER_LOG.setLevel(Level.SEVERE);
    }

    private final MappedBytes bytes;
    private final HbaMemory memory;

    private HbaMemoryFile(final MappedBytes bytes, final HbaMemory memory) {
        this.bytes = bytes;
        this.memory = memory;
    }

    /** @throws IOException when there is no room; the message says how much is needed. */
    static HbaMemoryFile open(final HbaConfig config) throws IOException {
        final HbaMemoryLayout layout = new HbaMemoryLayout(new HbaMemoryOptions()
            .peers(config.peers().size())
            .slotLength(config.memory().slotLength())
            .slotCount(config.memory().slots() - config.memory().peerSlots())
            .peerSlotCount(config.memory().peerSlots()));
        final Path file = make(config.memory(), layout.totalLength());
        try {
            final MappedBytes bytes = MappedBytes.singleMappedBytes(file.toFile(), layout.totalLength());
            // An HBA's thread opens and uses it, and nobody else.
            bytes.singleThreadedCheckDisabled(true);
            final long address = bytes.addressForRead(0);
            return new HbaMemoryFile(bytes, new HbaMemory(address, layout.totalLength(), layout));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    HbaMemory memory() {
        return memory;
    }

    @Override
    public void close() {
        bytes.releaseLast();
    }

    private static Path make(final MemoryConfig config, final long length) throws IOException {
        final Path directory = Path.of(config.directory());
        final long room = Files.getFileStore(directory).getUsableSpace();
        if (room < length) {
            throw new IOException("its memory needs " + mib(length) + " in " + directory + ", where " + mib(room)
                + " are free; give that file system more room, or the HBA fewer slots");
        }
        final Path file = Files.createTempFile(directory, "twintrack-", ".memory");
        Files.delete(file);
        ZeroedFile.create(file, length, written -> { });
        return file;
    }

    private static String mib(final long bytes) {
        return (bytes + (1 << 20) - 1 >> 20) + " MiB";
    }
}
