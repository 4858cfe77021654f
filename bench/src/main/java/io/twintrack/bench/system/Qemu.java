package io.twintrack.bench.system;

import io.twintrack.bench.Volumes;
import io.twintrack.bench.load.Fio;
import io.twintrack.bench.load.LoadResult;
import io.twintrack.bench.load.LoadRun;
import io.twintrack.bench.process.Children;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * QEMU's storage daemon, alone or as two. All of them open the files with O_DIRECT ({@code cache.direct=on}) and
 * export over NBD on loopback TCP. Source: qemu-storage-daemon(1) and QEMU's QMP reference.
 *
 * <p>Two daemons talk over TCP, as on two hosts, or over a Unix socket, which two hosts do not have: there an old
 * daemon's small answers do not wait for TCP acknowledgements, so it shows what a mirror of it can do at best.
 */
public final class Qemu implements SystemUnderTest {
    private static final String DAEMON = "qemu-storage-daemon";

    /** What stands behind the export that the client sees. */
    private enum Kind {
        EXPORT("QEMU, NBD export of one file: one copy"),
        QUORUM("QEMU, quorum of a file and an NBD export of a second daemon"),
        MIRROR("QEMU, mirror job (write-blocking) to an NBD export of a second daemon");

        private final String text;

        Kind(final String text) {
            this.text = text;
        }
    }

    private final Kind kind;
    private final boolean peerOnUnixSocket;
    private final Fio fio;
    private final String aio;
    private final NbdServers servers;
    private String uri;

    private Qemu(
        final Kind kind, final boolean peerOnUnixSocket, final Children children, final Fio fio, final String aio) {
        this.kind = kind;
        this.peerOnUnixSocket = peerOnUnixSocket;
        this.fio = fio;
        this.aio = aio;
        this.servers = new NbdServers(children);
    }

    /** @param aio how the daemon does file I/O: native or io_uring. */
    public static List<SystemUnderTest> all(final Children children, final Fio fio, final String aio) {
        return List.of(
            new Qemu(Kind.EXPORT, false, children, fio, aio),
            new Qemu(Kind.QUORUM, false, children, fio, aio),
            new Qemu(Kind.MIRROR, false, children, fio, aio),
            new Qemu(Kind.QUORUM, true, children, fio, aio),
            new Qemu(Kind.MIRROR, true, children, fio, aio));
    }

    @Override
    public String name() {
        return "qemu-" + kind.name().toLowerCase(Locale.ROOT) + (peerOnUnixSocket ? "-unix" : "");
    }

    @Override
    public String describe() {
        return kind.text + (peerOnUnixSocket ? ", over a Unix socket" : "");
    }

    @Override
    public boolean byDefault() {
        return !peerOnUnixSocket;
    }

    @Override
    public Optional<String> unavailable() {
        return Tools.missing("fio", "fio").or(() -> Tools.missing(DAEMON, "qemu-system-common"));
    }

    @Override
    public boolean isMirror() {
        return kind != Kind.EXPORT;
    }

    @Override
    public void start(final Volumes volumes) throws IOException {
        final int port = NbdServers.freePort();
        switch (kind) {
            case EXPORT -> serve(port, daemon(volumes.origin(), tcp(port), "disk", List.of()));
            case QUORUM -> startQuorum(volumes, port);
            case MIRROR -> startMirror(volumes, port);
        }
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

    /** A write succeeds when both children wrote it (threshold 2); a read takes the file alone (fifo). */
    private void startQuorum(final Volumes volumes, final int port) throws IOException {
        final String peer = startPeer(volumes);
        final String quorum = "{\"driver\":\"quorum\",\"node-name\":\"pair\",\"children\":[\"disk\",\"peer\"],"
            + "\"vote-threshold\":2,\"read-pattern\":\"fifo\"}";
        serve(port, daemon(volumes.origin(), tcp(port), "pair", List.of("--blockdev", peer, "--blockdev", quorum)));
    }

    /** The copies are equal when it starts, so the job need not copy first ({@code sync=none}): it is ready at once. */
    private void startMirror(final Volumes volumes, final int port) throws IOException {
        final String peer = startPeer(volumes);
        final Path socket = volumes.dir().resolve("qmp");
        serve(port, daemon(volumes.origin(), tcp(port), "disk", List.of(
            "--blockdev", peer,
            "--chardev", "socket,path=" + socket + ",server=on,wait=off,id=qmp", "--monitor", "chardev=qmp")));
        try (Qmp qmp = Qmp.connect(socket)) {
            qmp.execute("blockdev-mirror", Map.of(
                "job-id", "pair", "device", "disk", "target", "peer",
                "sync", "none", "copy-mode", "write-blocking"));
            qmp.awaitEvent("BLOCK_JOB_READY");
        }
    }

    private void serve(final int port, final List<String> command) throws IOException {
        servers.start(name(), NbdServers.at(port), command);
    }

    /** @return the block node by which the other daemon reaches it. */
    private String startPeer(final Volumes volumes) throws IOException {
        final String client = "driver=nbd,node-name=peer,export=" + NbdServers.EXPORT + ",";
        if (peerOnUnixSocket) {
            final Path socket = volumes.dir().resolve("peer");
            servers.start(name() + "-peer", UnixDomainSocketAddress.of(socket),
                daemon(volumes.target(), "addr.type=unix,addr.path=" + socket, "disk", List.of()));
            return client + "server.type=unix,server.path=" + socket;
        }
        final int port = NbdServers.freePort();
        servers.start(name() + "-peer", NbdServers.at(port), daemon(volumes.target(), tcp(port), "disk", List.of()));
        return client + "server.type=inet,server.host=127.0.0.1,server.port=" + port;
    }

    private static String tcp(final int port) {
        return "addr.type=inet,addr.host=127.0.0.1,addr.port=" + port;
    }

    private List<String> daemon(
        final Path file, final String address, final String exported, final List<String> more) {
        final List<String> command = new ArrayList<>(List.of(
            DAEMON,
            "--blockdev", "driver=file,node-name=disk,filename=" + file + ",cache.direct=on,aio=" + aio));
        command.addAll(more);
        command.addAll(List.of(
            "--nbd-server", address,
            "--export", "type=nbd,id=export0,node-name=" + exported + ",name=" + NbdServers.EXPORT + ",writable=on"));
        return command;
    }
}
