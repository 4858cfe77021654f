package io.twintrack.engine.origin;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.ReplicaLink;
import io.twintrack.engine.port.SessionAlerts;
import io.twintrack.engine.session.SharedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Everything for which this node is the origin towards one peer: the session and the volumes that it carries. */
public final class Origin {

    /** What an origin is made of. All times in nanoseconds. */
    public record Setup(
        String iqn, String peerIqn, long bootId, ReplicaLink link, long replyTimeoutNs, int tries,
        AckTracker acks, RequestPool requests, int slotLength, SlotPool comparisonSlots, LongSupplier random,
        SharedKey key, SessionAlerts alerts, Counters counters) {
    }

    private final Setup setup;
    private final OriginSession session;
    private final List<PrimaryVolume> volumes = new ArrayList<>();
    private int unflushed;
    private boolean flushFailed;

    public Origin(final Setup setup) {
        this.setup = setup;
        session = new OriginSession(setup);
    }

    /**
     * A volume whose changes go to the peer as long as its pair says so.
     *
     * @param size what clients see, in bytes.
     */
    public PrimaryVolume add(
        final String pairName, final BlockDevice device, final long size, final OriginPair pair, final Conduct conduct,
        final SideStore store) {
        final PrimaryVolume volume = new PrimaryVolume(pairName, freeShortId(), device, size, setup.slotLength(),
            setup.requests(), session, setup.counters(), pair, conduct, store);
        volumes.add(volume);
        return volume;
    }

    private int freeShortId() {
        int id = 0;
        while (isTaken(id)) {
            id++;
        }
        return id;
    }

    private boolean isTaken(final int shortId) {
        return volumes.stream().anyMatch(volume -> volume.shortId() == shortId);
    }

    /** Nothing of it is on its way, and nothing more will be. */
    public void remove(final PrimaryVolume volume) {
        volumes.remove(volume);
    }

    /** A volume that was added last takes part in a session that runs. */
    public void begin(final PrimaryVolume volume) {
        session.begin(volume);
    }

    /** All volumes are there. */
    public void conclude() {
        session.bind(volumes);
    }

    public void onLinkUp(final long nowNs) {
        session.onLinkUp(nowNs);
    }

    public void onLinkDown(final long nowNs, final String reason) {
        session.onLinkDown(nowNs, reason);
    }

    /** @return how many replies were taken off the wire. */
    public int pollReplies(final long nowNs, final int limit) {
        return session.pollReplies(nowNs, limit);
    }

    /** @return an amount of work. */
    public int poll(final long nowNs) {
        int work = 0;
        for (int i = 0; i < volumes.size(); i++) {
            work += volumes.get(i).flow().disk().poll();
        }
        return work + session.poll(nowNs);
    }

    /** @return why sessions are refused since the last one was opened, or OK. */
    public Status refusal() {
        return session.refusal();
    }

    public List<PrimaryVolume> volumes() {
        return volumes;
    }

    /** Takes no more requests; what is on its way goes on. */
    public void stop() {
        for (final PrimaryVolume volume : volumes) {
            volume.stop();
        }
    }

    /** Flushes this node's disks, once nothing else is on its way. */
    public void flushDisks() {
        for (final PrimaryVolume volume : volumes) {
            unflushed++;
            volume.flushHere(this::onFlushed, 0);
        }
    }

    private void onFlushed(final long tag, final Status status) {
        unflushed--;
        flushFailed |= status != Status.OK;
    }

    public boolean isFlushed() {
        return unflushed == 0;
    }

    /** A disk failed the last flush: what it had taken may be gone. */
    public boolean isFlushFailed() {
        return flushFailed;
    }
}
