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
    public NbdConfig {
        exports = List.copyOf(exports);
    }

    /** The same server with other exports. */
    public NbdConfig withExports(final List<String> others) {
        return new NbdConfig(listen, unix, maxConnections, others);
    }

    NbdConfig withListen(final Endpoint endpoint) {
        return new NbdConfig(listen == null ? null : endpoint, unix, maxConnections, exports);
    }
}
