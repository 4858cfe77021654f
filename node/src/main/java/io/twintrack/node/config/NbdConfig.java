package io.twintrack.node.config;

import java.nio.file.Path;
import java.util.List;

/**
 * The NBD server of one HBA.
 *
 * @param listen         on TCP, or {@code null} for none.
 * @param unix           the path of a Unix socket, or {@code null} for none.
 * @param maxConnections at a time.
 * @param exports        names of pairs; a client asks for an export by it.
 */
public record NbdConfig(Endpoint listen, Path unix, int maxConnections, List<String> exports) {
    static final Endpoint DEFAULT_LISTEN = new Endpoint("127.0.0.1", 10809);
    static final int DEFAULT_CONNECTIONS = 16;

    public NbdConfig {
        exports = List.copyOf(exports);
    }

    /** Of an HBA whose file has none, once it has something to export. */
    public static NbdConfig byDefault(final MemoryConfig memory) {
        return new NbdConfig(
            DEFAULT_LISTEN, null, Math.min(DEFAULT_CONNECTIONS, memory.mostConnections()), List.of());
    }

    /** The same server with other exports. */
    public NbdConfig withExports(final List<String> others) {
        return new NbdConfig(listen, unix, maxConnections, others);
    }

    NbdConfig withListen(final Endpoint endpoint) {
        return new NbdConfig(listen == null ? null : endpoint, unix, maxConnections, exports);
    }
}
