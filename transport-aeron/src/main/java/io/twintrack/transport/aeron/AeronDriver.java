package io.twintrack.transport.aeron;

import io.aeron.Aeron;
import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.driver.status.SystemCounterDescriptor;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.NoOpLock;
import org.agrona.concurrent.status.AtomicCounter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * The Aeron media driver and client of one HBA, shared by its links. Nothing in it has a thread: both are moved by
 * {@link #doWork(long)} on the HBA's own, which each link calls and which runs once per clock reading.
 *
 * <p>When the HBA pauses for longer than the pause time-out, Aeron's client closes for good. Driver and client are
 * then built anew, under a new {@link #generation()}; links notice, report their loss and open themselves again.
 */
public final class AeronDriver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AeronDriver.class);
    private static final long REBUILD_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final DriverOptions options;
    private final DriverDirectory directory;
    private final ErrorReports errors = new ErrorReports();
    private final OpenSockets openSockets = new OpenSockets();
    private final List<LinkSockets> links = new ArrayList<>();

    private MediaDriver mediaDriver;
    private Aeron aeron;
    private AgentInvoker driverInvoker;
    private AgentInvoker clientInvoker;
    private int generation;
    private long lastNowNs;
    private long nextBuildNs;
    private int lastWork;
    private boolean hasRun;

    /**
     * Takes the directory and starts the driver.
     *
     * @throws IllegalArgumentException if an option is wrong.
     * @throws IllegalStateException    if another process uses the directory.
     */
    public AeronDriver(final DriverOptions options) {
        this.options = options.conclude();
        this.directory = DriverDirectory.take(options.directory());
        try {
            build();
        } catch (final RuntimeException ex) {
            directory.close();
            throw ex;
        }
    }

    /**
     * Sends and receives what is there, up to the set number of rounds while there is something to do.
     *
     * @param nowNs the cycle's clock reading; further calls with the same one do nothing.
     * @return an amount of work; 0 means idle.
     */
    public int doWork(final long nowNs) {
        if (hasRun && nowNs == lastNowNs) {
            return lastWork;
        }
        hasRun = true;
        lastNowNs = nowNs;
        lastWork = isRunning() ? run() : rebuild(nowNs);
        return lastWork;
    }

    /** What was received is looked at before more is fetched: a round that finds nothing costs it a microsecond. */
    private int run() {
        final long received = openSockets.received();
        int work = 0;
        int round = 0;
        int moved;
        do {
            moved = driverInvoker.invoke();
            work += moved;
        } while (moved > 0 && openSockets.received() == received && ++round < options.invocationsPerCycle());
        return work + clientInvoker.invoke();
    }

    private boolean isRunning() {
        return aeron != null && !aeron.isClosed() && !driverInvoker.isClosed();
    }

    private int rebuild(final long nowNs) {
        if (nowNs - nextBuildNs < 0) {
            return 0;
        }
        nextBuildNs = nowNs + REBUILD_INTERVAL_NS;
        tearDown();
        try {
            build();
            LOG.warn("The Aeron driver was built anew after a pause of more than {} ms",
                TimeUnit.NANOSECONDS.toMillis(options.pauseTimeoutNs()));
        } catch (final RuntimeException ex) {
            errors.onError(ex);
        }
        return 1;
    }

    private void build() {
        mediaDriver = MediaDriver.launch(driverContext());
        driverInvoker = mediaDriver.sharedAgentInvoker();
        aeron = Aeron.connect(clientContext());
        clientInvoker = aeron.conductorAgentInvoker();
        generation++;
    }

    private MediaDriver.Context driverContext() {
        final MediaDriver.Context context = new MediaDriver.Context()
            .aeronDirectoryName(directory.path().toString())
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .threadingMode(ThreadingMode.INVOKER)
            .asyncExecutorEnabled(false)
            .sendChannelEndpointSupplier(this::newSendEndpoint)
            .receiveChannelEndpointSupplier(this::newReceiveEndpoint)
            .errorHandler(errors)
            .termBufferSparseFile(!options.preallocate())
            .performStorageChecks(true)
            .reResolutionCheckIntervalNs(0)
            .timerIntervalNs(options.timerIntervalNs())
            .statusMessageTimeoutNs(options.statusMessageIntervalNs())
            .imageLivenessTimeoutNs(options.peerTimeoutNs())
            .publicationConnectionTimeoutNs(options.peerTimeoutNs())
            .publicationLingerTimeoutNs(options.peerTimeoutNs())
            .clientLivenessTimeoutNs(options.pauseTimeoutNs())
            .publicationUnblockTimeoutNs(options.pauseTimeoutNs() + options.pauseTimeoutNs() / 2)
            .nakUnicastDelayNs(options.nakDelayNs())
            .nakUnicastRetryDelayRatio(options.nakRetryRatio())
            .retransmitUnicastLingerNs(options.retransmitLingerNs());
        context.driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(options.pauseTimeoutNs()));
        return context;
    }

    private Aeron.Context clientContext() {
        final Aeron.Context context = new Aeron.Context()
            .aeronDirectoryName(directory.path().toString())
            .useConductorAgentInvoker(true)
            .driverAgentInvoker(driverInvoker)
            .clientLock(NoOpLock.INSTANCE)
            .errorHandler(errors)
            .keepAliveIntervalNs(Math.min(TimeUnit.MILLISECONDS.toNanos(500), options.pauseTimeoutNs() / 8))
            .closeLingerDurationNs(0);
        context.driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(options.pauseTimeoutNs()));
        return context;
    }

    private SendChannelEndpoint newSendEndpoint(
        final UdpChannel channel, final AtomicCounter status, final MediaDriver.Context context) {
        final InetSocketAddress peer = channel.remoteData();
        for (final LinkSockets link : links) {
            if (link.peer().equals(peer)) {
                return new SealedSendEndpoint(channel, status, context, link, openSockets);
            }
        }
        throw new IllegalStateException("no link to " + peer);
    }

    private ReceiveChannelEndpoint newReceiveEndpoint(
        final UdpChannel channel, final DataPacketDispatcher dispatcher, final AtomicCounter status,
        final MediaDriver.Context context) {
        final InetSocketAddress local = channel.remoteData();
        for (final LinkSockets link : links) {
            if (link.local().equals(local)) {
                return new SealedReceiveEndpoint(channel, dispatcher, status, context, link, openSockets);
            }
        }
        throw new IllegalStateException("no link on " + local);
    }

    /** @throws IllegalArgumentException if another link has one of the addresses, or the memory does not suffice. */
    void register(final LinkSockets link, final long memoryNeeded) {
        for (final LinkSockets other : links) {
            if (other.local().equals(link.local()) || other.peer().equals(link.peer())) {
                throw new IllegalArgumentException(
                    "two links of one HBA have the address " + link.local() + " or the peer " + link.peer());
            }
        }
        directory.promise(memoryNeeded);
        links.add(link);
        openSockets.serve(link);
    }

    void unregister(final LinkSockets link, final long memoryNeeded) {
        if (links.remove(link)) {
            directory.giveBack(memoryNeeded);
        }
    }

    /** Counts up with each new life of the driver. */
    int generation() {
        return generation;
    }

    /** @return the client, or null while there is none. */
    Aeron aeron() {
        return isRunning() ? aeron : null;
    }

    ErrorReports errors() {
        return errors;
    }

    /** Hands out the descriptors of all open UDP sockets: readable ones are a reason to wake up. */
    public void forEachSocket(final IntConsumer consumer) {
        openSockets.forEach(consumer);
    }

    /** Changes whenever {@link #forEachSocket} would hand out something else. */
    public int socketVersion() {
        return openSockets.version();
    }

    /** @return whether the last cycle moved nothing. */
    public boolean isIdle() {
        return lastWork == 0;
    }

    /** A gap in a stream is asked for after this time. */
    long nakDelayNs() {
        return options.nakDelayNs();
    }

    /** @return errors inside Aeron since the start. */
    public long errorCount() {
        return errors.count();
    }

    /** @return one of Aeron's system counters, for instance RETRANSMITS_SENT; 0 while there is no driver. */
    public long systemCounter(final SystemCounterDescriptor counter) {
        return isRunning() ? aeron.countersReader().getCounterValue(counter.id()) : 0;
    }

    @Override
    public void close() {
        tearDown();
        directory.close();
    }

    private void tearDown() {
        CloseHelper.close(errors, aeron);
        CloseHelper.close(errors, mediaDriver);
        aeron = null;
        mediaDriver = null;
    }
}
