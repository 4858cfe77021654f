package io.twintrack.bench.steady;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.load.Fio;
import io.twintrack.bench.process.Children;
import io.twintrack.bench.resync.PairOverHttp;
import io.twintrack.bench.system.TwintrackNbd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/** The demo's two nodes with something else in their files. */
final class ConfiguredPair implements AutoCloseable {
    private final TwintrackNbd nodes;
    private final Path controlSocket;

    /** @param edit is applied to each node's file. */
    ConfiguredPair(
        final Volumes volumes, final Children children, final Fio fio, final Path program,
        final UnaryOperator<String> edit) throws IOException {
        nodes = new TwintrackNbd(children, fio, program);
        controlSocket = volumes.dir().resolve("origin/meta/control.sock");
        // The first start writes both files, which a later one takes as they are; start makes the pair's records anew.
        nodes.start(volumes);
        nodes.stop();
        for (final String side : List.of("origin", "target")) {
            final Path file = volumes.dir().resolve(side).resolve("node.yaml");
            Files.writeString(file, edit.apply(Files.readString(file)));
        }
        nodes.start(volumes);
    }

    /** @return the configuration with this key in its first HBA. */
    static String inHba(final String yaml, final String key) {
        return yaml.replaceFirst("(?m)^  - name: .*$", "$0\n    " + key);
    }

    /** @return the configuration with this key in its pair. */
    static String inPair(final String yaml, final String key) {
        return yaml.replaceFirst("(?m)^        role: .*$", "$0\n        " + key);
    }

    String uri() {
        return nodes.uri();
    }

    PairOverHttp control() throws IOException {
        return new PairOverHttp(controlSocket, "vol0");
    }

    @Override
    public void close() throws IOException {
        nodes.stop();
    }
}
