package io.twintrack.node;

import io.twintrack.engine.host.HostRing;
import io.twintrack.node.disk.SataDisks;
import io.twintrack.transport.aeron.AeronDriver;
import io.twintrack.transport.aeron.AeronReplicaLink;
import io.twintrack.uring.CompletionHandler;
import io.twintrack.uring.EventFd;
import io.twintrack.uring.Ring;
import io.twintrack.uring.Sockets;
import org.agrona.collections.IntHashSet;

import java.util.List;
import java.util.function.IntConsumer;

/**
 * What ends the sleep of an HBA besides its own completions: datagrams on the driver's sockets, SATA disks, and a
 * signal from another thread. Watched by one-shot polls in the ring, which are taken back after the sleep: a poll
 * keeps its socket open, and the driver may want to bind a closed one's port again. HBA's thread only.
 */
final class WakeUps implements CompletionHandler {
    /** Above every descriptor. */
    private static final long CANCEL = 1L << 32;

    private final Ring ring;
    private final AeronDriver driver;
    private final List<AeronReplicaLink> links;
    private final HostRing hostRing;
    private final EventFd signal;
    private final SataDisks sata;
    private final int owner;
    private final IntHashSet watched = new IntHashSet();
    private final IntConsumer watch = this::watch;
    private final IntConsumer takeBack = this::takeBack;
    private int cancelling;
    private int completions;

    WakeUps(final Ring ring, final AeronDriver driver, final List<AeronReplicaLink> links, final HostRing hostRing,
        final EventFd signal, final SataDisks sata) {
        this.ring = ring;
        this.driver = driver;
        this.links = links;
        this.hostRing = hostRing;
        this.signal = signal;
        this.sata = sata;
        this.owner = ring.register(this);
    }

    /**
     * Sleeps until something arrives, but not while the end of an earlier sleep is still being tidied up. The kernel is
     * entered once: polls go in with the wait, and what takes them back with whatever the next cycle submits.
     */
    void sleep(final long longestNs) {
        final long sleepNs = Math.min(longestNs, maxSleepNs());
        if (sleepNs > 0 && watched.isEmpty() && cancelling == 0 && hostRing.maySleep()) {
            watch(signal.fd());
            driver.forEachSocket(watch);
            sata.forEachWatch(watch);
            ring.await(sleepNs);
            watched.forEachInt(takeBack);
            hostRing.awake();
        }
    }

    /** A lost datagram is asked for by a timer, which nothing that arrives would end the sleep for. */
    private long maxSleepNs() {
        long most = Long.MAX_VALUE;
        for (int i = 0; i < links.size(); i++) {
            most = Math.min(most, links.get(i).maxSleepNs());
        }
        return most;
    }

    /** Completions of its own that the last poll delivered: no reason to stay awake. */
    int takeCompletions() {
        final int count = completions;
        completions = 0;
        return count;
    }

    @Override
    public void onCompletion(final long token, final int result, final int cqeFlags) {
        completions++;
        if (token >= CANCEL) {
            cancelling--;
            return;
        }
        watched.remove((int) token);
        if (token == signal.fd() && result > 0) {
            signal.drain();
        }
    }

    private void watch(final int fd) {
        if (ring.pollAdd(owner, fd, fd, Sockets.POLLIN)) {
            watched.add(fd);
        }
    }

    private void takeBack(final int fd) {
        if (ring.cancel(owner, CANCEL | fd, owner, fd)) {
            cancelling++;
        }
    }
}
