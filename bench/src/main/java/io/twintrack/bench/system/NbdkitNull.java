package io.twintrack.bench.system;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.load.Fio;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import io.twintrack.bench.process.Children;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An NBD export that stores nothing: no system can be seen to be faster than this through the same client. */
public final class NbdkitNull implements SystemUnderTest {
    private final Fio fio;
    private final NbdServers servers;
    private String uri;

    public NbdkitNull(final Children children, final Fio fio) {
        this.fio = fio;
        this.servers = new NbdServers(children);
    }

    @Override
    public String name() {
        return "nbdkit-null";
    }

    @Override
    public String describe() {
        return "nbdkit, an NBD export that stores nothing: the client's ceiling";
    }

    @Override
    public boolean byDefault() {
        return false;
    }

    @Override
    public Optional<String> unavailable() {
        return Tools.missing("fio", "fio").or(() -> Tools.missing("nbdkit", "nbdkit"));
    }

    @Override
    public boolean isMirror() {
        return false;
    }

    @Override
    public void start(final Volumes volumes) throws IOException {
        final int port = NbdServers.freePort();
        servers.start(name(), NbdServers.at(port), List.of(
            "nbdkit", "--foreground", "--ipaddr", "127.0.0.1", "--port", Integer.toString(port),
            "--exportname", NbdServers.EXPORT, "null", "size=" + volumes.size()));
        uri = NbdServers.uri(port);
    }

    @Override
    public LoadResult run(final LoadRun run) throws IOException {
        return fio.onNbd(uri, run);
    }

    @Override
    public Set<Long> pids() {
        return servers.pids();
    }

    @Override
    public void stop() {
        servers.stop();
    }
}
