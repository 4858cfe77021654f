package io.twintrack.node.control;

import io.twintrack.engine.pair.PairOffers;
import io.twintrack.node.CommandFailedException;
import io.twintrack.node.catalogue.Catalogue;
import io.twintrack.node.config.NodeConfig;
import io.twintrack.node.disk.DiskView;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** All that takes commands for a running node: the endpoint, the tables that they change, the ways to the HBAs. */
public final class Control implements AutoCloseable {
    private static final long LONGEST_ANSWER_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long LONGEST_STOP_S = 10;

    private final ExecutorService tables = Executors.newSingleThreadExecutor(task -> daemon(task, "tables"));
    private final ExecutorService files = Executors.newSingleThreadExecutor(task -> daemon(task, "disk-files"));
    private final Pairs pairs;
    private final ControlRoutes routes;
    private final NodeConfig config;
    private ControlServer server;

    /**
     * @param declared in the node's file.
     * @param hbas     of the node, in its order.
     * @param about    what is said about the node, as JSON.
     * @param alerts   what is said about its alerts, as JSON.
     * @param disks    of type sata.
     * @throws CommandFailedException when the file and the catalogue contradict each other.
     */
    public Control(
        final NodeConfig declared, final Catalogue catalogue, final List<HbaControl> hbas, final Supplier<Object> about,
        final Supplier<Object> alerts, final Supplier<List<DiskView>> disks) throws CommandFailedException {
        this(declared, catalogue, hbas, about, alerts, disks, LONGEST_ANSWER_NS);
    }

    Control(
        final NodeConfig declared, final Catalogue catalogue, final List<HbaControl> hbas, final Supplier<Object> about,
        final Supplier<Object> alerts, final Supplier<List<DiskView>> disks, final long longestAnswerNs)
        throws CommandFailedException {
        final Inventory inventory = new Inventory(declared, catalogue);
        final PairControls controls = new PairControls(hbas, longestAnswerNs);
        this.config = declared;
        this.pairs = new Pairs(inventory, controls, tables, disks);
        this.routes = new ControlRoutes(
            about, alerts, disks, new Volumes(inventory, controls, tables, files), pairs, controls, tables);
    }

    /** Takes commands from now on. @throws IOException that says why it cannot. */
    public void listen() throws IOException {
        server = ControlServer.start(config.control(), routes);
        RunningNodes.enter(config.iqn(), config.control());
    }

    /** For the engine of this HBA: what peers ask when they establish a pair. */
    public PairOffers offers(final HbaControl hba) {
        return pairs.offers(hba);
    }

    ControlRoutes routes() {
        return routes;
    }

    /** Takes no more commands. Those that write files or tables are waited for. */
    @Override
    public void close() {
        if (server != null) {
            RunningNodes.leave(config.control());
            server.close();
        }
        files.shutdownNow();
        tables.shutdown();
        try {
            tables.awaitTermination(LONGEST_STOP_S, TimeUnit.SECONDS);
            files.awaitTermination(LONGEST_STOP_S, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread daemon(final Runnable task, final String name) {
        final Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
