package io.twintrack.node;

import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.hba.Hba;
import io.twintrack.engine.hba.HbaSetup;
import io.twintrack.engine.host.HostClient;
import io.twintrack.engine.host.HostRing;
import io.twintrack.engine.memory.HbaMemory;
import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.Pair;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.engine.hba.PairSetup;
import io.twintrack.node.config.KeyFile;
import io.twintrack.node.config.NbdConfig;
import io.twintrack.node.config.PairConfig;
import io.twintrack.node.config.PeerConfig;
import io.twintrack.node.config.VolumeConfig;
import io.twintrack.node.disk.SataDisks;
import io.twintrack.node.nbd.Allocation;
import io.twintrack.node.nbd.DirtyTracks;
import io.twintrack.node.nbd.Export;
import io.twintrack.node.nbd.NbdCounters;
import io.twintrack.node.nbd.NbdOptions;
import io.twintrack.node.nbd.NbdServer;
import io.twintrack.node.socket.SocketPort;
import io.twintrack.transport.aeron.AeronDriver;
import io.twintrack.transport.aeron.AeronReplicaLink;
import io.twintrack.transport.aeron.DriverOptions;
import io.twintrack.transport.aeron.LinkOptions;
import io.twintrack.uring.EventFd;
import io.twintrack.uring.IoUringOptions;
import io.twintrack.uring.Ring;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Opens everything that one HBA is made of, in order, and closes it in the reverse one. HBA's thread only: the ring
 * belongs to it.
 */
final class HbaAssembly implements AutoCloseable {
    private static final int COMPLETIONS_PER_SUBMISSION = 4;
    private static final int REQUESTS = 1024;
    private static final int MOST_REQUESTS = 2 * REQUESTS;

    private final String iqn;
    private final HbaConfig config;
    private final int hostSlots;
    private final NodeParts node;
    private final HbaPorts ports;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<AeronReplicaLink> links = new ArrayList<>();
    private final SecureRandom random = new SecureRandom();
    private Ring ring;
    private DiskSet disks;
    private PairSides sides;
    private HbaMemory memory;
    private AeronDriver driver;
    private SataDisks sata;
    private WakeUps wakeUps;
    private Hba hba;
    private NbdServer nbd;
    private HostClient hostClient;

    private HbaAssembly(
        final NodeParts node, final HbaConfig config, final HbaPorts ports, final int hostSlots) {
        this.node = node;
        this.ports = ports;
        this.iqn = node.iqn();
        this.config = config;
        this.hostSlots = hostSlots;
    }

    /**
     * @param hostSlots slots for a program that embeds the node, 0 for none.
     * @param signal    wakes the HBA up.
     * @throws IOException or a RuntimeException that says what could not be opened; then nothing is.
     */
    static HbaAssembly open(
        final NodeParts node, final HbaConfig config, final HbaPorts ports, final int hostSlots, final EventFd signal)
        throws IOException {
        final HbaAssembly assembly = new HbaAssembly(node, config, ports, hostSlots);
        try {
            assembly.open(signal);
            return assembly;
        } catch (final IOException | RuntimeException e) {
            assembly.close();
            throw e;
        }
    }

    Hba hba() {
        return hba;
    }

    /** {@code null} when it exports nothing. */
    NbdServer nbd() {
        return nbd;
    }

    /** For a program that embeds the node; {@code null} when it asked for no slots. */
    HostClient hostClient() {
        return hostClient;
    }

    WakeUps wakeUps() {
        return wakeUps;
    }

    /** The disks that are reached by ATA commands. */
    SataDisks sata() {
        return sata;
    }

    String describe() {
        return ring.describe();
    }

    /** What everything here counted since it was opened, a line for each part. Call it before {@link #close()}. */
    List<String> counted() {
        final List<String> lines = new ArrayList<>();
        lines.add("Counted: " + hba.counters());
        for (int i = 0; i < links.size(); i++) {
            lines.add("Counted on the link to " + config.peers().get(i).name() + ": " + links.get(i).counters());
        }
        lines.addAll(sata.counted());
        if (nbd != null) {
            lines.add("Counted on NBD: " + nbd.counters());
        }
        return lines;
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (final Exception e) {
                throw new IllegalStateException("it does not close", e);
            }
        }
    }

    private void open(final EventFd signal) throws IOException {
        ring = opened(Ring.open(IoUringOptions.DEFAULT.entries(
            config.ringDepth(), COMPLETIONS_PER_SUBMISSION * config.ringDepth())));
        disks = opened(new DiskSet(ring, config, signal::signal, ports.events()));
        disks.openAll(config.volumes());
        memory = opened(HbaMemoryFile.open(config)).memory();
        ring.registerBuffer(memory.slotsAddress(), memory.slotsLength());
        driver = opened(new AeronDriver(driverOptions()));
        sides = opened(new PairSides(new PairSides.Surroundings(iqn, node.metadata(), MOST_REQUESTS, random::nextLong,
            config.activeRegions(), ports.fence(), ports.events()), ring));
        hba = setup().conclude();
        final HostRing hostRing = new HostRing(memory, hba.volumes(), hba.counters(), signal::signal);
        wakeUps = new WakeUps(ring, driver, links, hostRing, signal, disks.sata());
        sata = disks.sata();
        if (hostSlots > 0) {
            hostClient = hostRing.open(hostSlots);
            hba.add(hostRing);
        }
        if (config.nbd() != null) {
            openNbd(config.nbd());
        }
    }

    private HbaSetup setup() throws IOException {
        final HbaSetup setup = new HbaSetup()
            .node(iqn, random.nextLong())
            .queue(new HbaQueue(ring, disks))
            .depth(REQUESTS, REQUESTS)
            .slots(config.memory().slotLength(), memory.peerSlots())
            .counters(Counters.allocate(memory.counters()))
            .random(random::nextLong)
            .alerts(ports)
            .offers(ports.offers());
        for (int i = 0; i < config.peers().size(); i++) {
            final PeerConfig peer = config.peers().get(i);
            setup.replyTimeout(peer.replyTimeoutNs(), peer.tries());
            setup.peer(peer.iqn(), openLink(peer), memory.ackTracker(i), memory.duplicateWindow(i),
                KeyFile.read(peer.keyFile()));
        }
        for (final PairConfig pair : config.pairs()) {
            setup.pair(side(pair, config.volume(pair.volume())));
        }
        return setup;
    }

    private PairSetup side(final PairConfig pair, final VolumeConfig volume) throws IOException {
        return sides.open(
            pair, volume, disks.device(volume), config.peer(pair.peer()).iqn(), new HbaQueue(ring, disks));
    }

    /** A pair that a person establishes while the HBA runs. The first origin brings an NBD server. */
    void addPair(final PairConfig pair, final VolumeConfig volume) throws IOException {
        disks.openAll(List.of(volume));
        if (nbd == null && pair.role() == PairConfig.Role.ORIGIN) {
            openNbd(NbdConfig.byDefault(config.memory()));
        }
        final Pair made = hba.establish(side(pair, volume));
        if (nbd != null) {
            nbd.add(export(made));
        }
    }

    /**
     * The files under a volume have become longer, or are about to become shorter.
     *
     * @throws RuntimeException when a pair needs more, or the disks do not allow it; nothing has changed then.
     */
    void resizeVolume(final VolumeConfig volume) {
        for (final Pair pair : hba.pairs()) {
            if (sides.isOn(pair.name(), volume.name()) && pair.neededSize() > volume.size()) {
                throw new IllegalStateException("pair " + pair.name() + " needs " + pair.neededSize() + " bytes");
            }
        }
        disks.resize(volume);
        sides.resize(volume);
    }

    /** Ends a pair for good; new clients find it no more from now on, unless it is refused. */
    void removePair(final String name, final boolean byPeer, final CommandListener listener) {
        final Export export = nbd == null ? null : nbd.remove(name);
        hba.remove(name, byPeer, result -> {
            if (result.done()) {
                disks.release(sides.release(name));
            } else if (export != null) {
                nbd.add(export);
            }
            listener.onResult(result);
        });
    }

    /** Its record goes. */
    void forgetPair(final String name) throws IOException {
        sides.forget(name);
    }

    /** Named by an address that only one process can have, so that what a killed one left there is found again. */
    private DriverOptions driverOptions() {
        final PeerConfig first = config.peers().get(0);
        final String name = "twintrack-" + first.listen().host().replace(':', '_') + '-' + first.listen().port();
        final long roundTrip = config.peers().stream().mapToLong(PeerConfig::roundTripNs).max().orElseThrow();
        return new DriverOptions()
            .directory(Path.of(config.memory().directory(), name + ".aeron"))
            .roundTripNs(roundTrip);
    }

    private AeronReplicaLink openLink(final PeerConfig peer) throws IOException {
        requireFree(peer);
        final AeronReplicaLink link = opened(new AeronReplicaLink(driver, new LinkOptions()
            .local(peer.listen().resolve())
            .peer(peer.address().resolve())
            .mtu(peer.mtu())
            .receiveWindow(peer.window())
            .termLength(peer.termLength()), ring));
        links.add(link);
        return link;
    }

    /** The link would go on trying; at the start a person waits for an answer. */
    private static void requireFree(final PeerConfig peer) throws IOException {
        try (DatagramSocket probe = new DatagramSocket(null)) {
            probe.bind(peer.listen().resolve());
        } catch (final IOException e) {
            throw new IOException("it cannot listen on UDP " + peer.listen() + ": " + IoErrors.sentence(e), e);
        }
    }

    private void openNbd(final NbdConfig nbdConfig) throws IOException {
        final SocketPort sockets = opened(new SocketPort(ring));
        nbd = new NbdServer(sockets, memory.slots(),
            nbdConfig.exports().stream().map(name -> export(hba.pair(name))).toList(),
            NbdOptions.DEFAULT.withMaxConnections(nbdConfig.maxConnections()),
            new NbdCounters(new UnsafeBuffer(ByteBuffer.allocateDirect(NbdCounters.LENGTH))));
        listen(nbdConfig);
        hba.add(nbd::doWork);
    }

    private Export export(final Pair pair) {
        return new Export(pair.volume(), iqn + ' ' + pair.name(), false, new Allocation(),
            new DirtyTracks(pair.changedTracks()));
    }

    private void listen(final NbdConfig nbdConfig) throws IOException {
        try {
            if (nbdConfig.listen() != null) {
                nbd.addListener(nbdConfig.listen().resolve());
            }
        } catch (final IOException e) {
            throw new IOException(
                "it cannot listen for NBD on " + nbdConfig.listen() + ": " + IoErrors.sentence(e), e);
        }
        try {
            if (nbdConfig.unix() != null) {
                removeAbandoned(nbdConfig.unix());
                nbd.addListener(UnixDomainSocketAddress.of(nbdConfig.unix()));
            }
        } catch (final IOException e) {
            throw new IOException("it cannot listen for NBD on " + nbdConfig.unix() + ": " + IoErrors.sentence(e), e);
        }
    }

    /** A killed process leaves its socket's name behind: one that nobody answers on may go. */
    private static void removeAbandoned(final Path socket) throws IOException {
        if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS) && Files.readAttributes(
                socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
            try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                probe.connect(UnixDomainSocketAddress.of(socket));
                throw new IOException("another process listens there");
            } catch (final ConnectException e) {
                Files.delete(socket);
            }
        }
    }

    private <T extends AutoCloseable> T opened(final T resource) {
        opened.push(resource);
        return resource;
    }
}
