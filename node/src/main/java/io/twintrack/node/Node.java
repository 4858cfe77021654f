package io.twintrack.node;

import io.twintrack.engine.host.HostClient;
import io.twintrack.node.alert.Alerts;
import io.twintrack.node.catalogue.Catalogue;
import io.twintrack.node.catalogue.Overlay;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.node.config.NodeConfig;
import io.twintrack.node.control.Control;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** One running node: its HBAs, each on a thread of its own. One thread starts and closes it; any may ask. */
public final class Node implements AutoCloseable {
    private final List<HbaThread> hbas = new ArrayList<>();

    private final List<HostClient> hostClients = new ArrayList<>();

    private final NodeConfig config;

    private final Instant started = Instant.now();

    private final MetadataFolder metadata;

    private Alerts alerts;

    private Control control;

    private Node(final NodeConfig config, final MetadataFolder metadata) {
        this.config = config;
        this.metadata = metadata;
    }

    /**
     * Starts every HBA.
     *
     * @throws CommandFailedException when one cannot start; then none runs.
     */
    public static Node start(final NodeConfig config) throws CommandFailedException {
        return start(config, 0);
    }

    /**
     * Starts every HBA within a program that will use its volumes itself.
     *
     * @param hostSlots how many slots of each HBA that program gets; see {@link #hostClient}.
     * @throws CommandFailedException when one cannot start; then none runs.
     */
    public static Node start(final NodeConfig config, final int hostSlots) throws CommandFailedException {
        final Node node = new Node(config, MetadataFolder.open(config.metadata()));
        try {
            node.run(hostSlots);
            return node;
        } catch (final CommandFailedException e) {
            node.close();
            throw e;
        }
    }

    private void run(final int hostSlots) throws CommandFailedException {
        final Catalogue catalogue = Catalogue.open(config.iqn(), config.metadata());
        alerts = Alerts.start(config.iqn(), config.alerts());
        final NodeParts parts = new NodeParts(
            config.iqn(), config.metadata(), config.fence(), alerts, hba -> control.offers(hba));
        for (final HbaConfig hba : Overlay.of(config, catalogue.tables()).hbas()) {
            hbas.add(new HbaThread(parts, hba, hostSlots));
        }
        control = new Control(
            config, catalogue, hbas.stream().map(HbaThread::control).toList(), this::view, alerts::view);
        hbas.forEach(HbaThread::start);
        for (final HbaThread hba : hbas) {
            hostClients.add(hba.awaitStarted());
        }
        try {
            control.listen();
        } catch (final IOException e) {
            throw new CommandFailedException(IoErrors.sentence(e));
        }
    }

    private NodeView view() {
        return new NodeView(config.iqn(), Twintrack.version(), ProcessHandle.current().pid(),
            started.truncatedTo(ChronoUnit.MILLIS).toString(), config.metadata().toString(), isServing(),
            config.hbas().stream().map(HbaConfig::name).toList(),
            hbas.stream().mapToLong(HbaThread::handshakesRefused).sum());
    }

    /** The way to the volumes of one HBA, by its place in the configuration; one thread may use it. */
    public HostClient hostClient(final int hba) {
        return hostClients.get(hba);
    }

    /** True once clients may use every volume that this node is origin of. */
    public boolean isServing() {
        return hbas.stream().allMatch(HbaThread::isServing);
    }

    /** Why an HBA ended by itself, or {@code null} while all run. */
    public Throwable failure() {
        return hbas.stream().map(HbaThread::failure).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** Sums of all HBAs; complete after {@link #close()}. */
    public NodeCounts counts() {
        return hbas.stream().map(HbaThread::counts).reduce(new NodeCounts(0, 0), NodeCounts::plus);
    }

    /** Takes no more requests, lets those on their way end, flushes the disks. Waits for all of it. */
    @Override
    public void close() {
        // A signal to stop interrupts the command's thread; the end is to be an orderly one all the same.
        final boolean interrupted = Thread.interrupted();
        try {
            closeInOrder();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void closeInOrder() {
        // First, because it wakes HBAs up.
        if (control != null) {
            control.close();
        }
        hbas.forEach(HbaThread::requestStop);
        hbas.forEach(HbaThread::awaitEnd);
        if (alerts != null) {
            alerts.close();
        }
        metadata.close();
    }
}
