package io.twintrack.engine.hba;

import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.frame.Protocol;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.origin.AckTracker;
import io.twintrack.engine.origin.Origin;
import io.twintrack.engine.origin.RequestPool;
import io.twintrack.engine.pair.PairOffers;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.IoQueue;
import io.twintrack.engine.port.ReplicaLink;
import io.twintrack.engine.port.SessionAlerts;
import io.twintrack.engine.replica.DuplicateWindow;
import io.twintrack.engine.replica.PairTarget;
import io.twintrack.engine.replica.TargetSession;
import io.twintrack.engine.session.SharedKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.agrona.concurrent.AtomicBuffer;

/**
 * Everything that an {@link Hba} is made of. Set what has no default, add peers and pairs, then {@link #conclude()}:
 * it checks the rest, and allocates all that the HBA will ever need. Times are in nanoseconds.
 */
public final class HbaSetup {
    private record PeerSetup(
        String iqn, ReplicaLink link, AtomicBuffer acks, AtomicBuffer duplicates, SharedKey key,
        long replyTimeoutNs, int tries, List<PairSetup> pairs) {
    }

    private static final int QUESTIONS_PER_PAIR = 8;

    private final Map<String, PeerSetup> peers = new HashMap<>();
    private final List<String> peerOrder = new ArrayList<>();
    private String iqn;
    private long bootId;
    private IoQueue queue;
    private SlotPool peerSlots;
    private int slotLength = 256 * 1024;
    private AtomicBuffer counterValues;
    private LongSupplier random;
    private SessionAlerts alerts = SessionAlerts.IGNORED;
    private PairOffers offers = PairOffers.NONE;
    private int requests = 1024;
    private int applies = 1024;
    private long replyTimeoutNs = TimeUnit.MILLISECONDS.toNanos(500);
    private int tries = 5;

    /**
     * @param name of this node.
     * @param boot a number that no earlier start of this process had.
     */
    public HbaSetup node(final String name, final long boot) {
        iqn = name;
        bootId = boot;
        return this;
    }

    public HbaSetup queue(final IoQueue ioQueue) {
        queue = ioQueue;
        return this;
    }

    /**
     * @param clientSlotLength bytes in a client's slot: the longest read or write.
     * @param forPeers         slots for comparing, and for requests that are put together from small frames.
     */
    public HbaSetup slots(final int clientSlotLength, final SlotPool forPeers) {
        slotLength = clientSlotLength;
        peerSlots = forPeers;
        return this;
    }

    /** @param values at least {@link Counters#LENGTH} bytes. */
    public HbaSetup counters(final AtomicBuffer values) {
        counterValues = values;
        return this;
    }

    /** @param bits 64 random bits at a time, of a source that nobody can predict: sessions are no safer than it. */
    public HbaSetup random(final LongSupplier bits) {
        random = bits;
        return this;
    }

    /** Hears of sessions that are refused. Default: nobody. */
    public HbaSetup alerts(final SessionAlerts sessionAlerts) {
        alerts = sessionAlerts;
        return this;
    }

    /** Decides about pairs that peers want to establish with this node. Default: all are refused. */
    public HbaSetup offers(final PairOffers pairOffers) {
        offers = pairOffers;
        return this;
    }

    /**
     * For the peers that are added from now on.
     *
     * @param timeoutNs until a frame is sent again.
     * @param maxTries  until the peer counts as lost, 1 or more.
     */
    public HbaSetup replyTimeout(final long timeoutNs, final int maxTries) {
        replyTimeoutNs = timeoutNs;
        tries = maxTries;
        return this;
    }

    /** @param own requests of clients on their way at a time. @param received the same of peers. */
    public HbaSetup depth(final int own, final int received) {
        requests = own;
        applies = received;
        return this;
    }

    /**
     * @param acks       {@link AckTracker#LENGTH} bytes.
     * @param duplicates {@link DuplicateWindow#LENGTH} bytes.
     * @param key        the secret that both nodes share, {@link SharedKey#MIN_LENGTH} bytes or more; it is copied.
     */
    public HbaSetup peer(
        final String peerIqn, final ReplicaLink link, final AtomicBuffer acks, final AtomicBuffer duplicates,
        final byte[] key) {
        if (peers.put(peerIqn, new PeerSetup(
            peerIqn, link, acks, duplicates, new SharedKey(key), replyTimeoutNs, tries, new ArrayList<>())) != null) {
            throw new IllegalArgumentException("peer " + peerIqn + " is named twice");
        }
        peerOrder.add(peerIqn);
        return this;
    }

    /** One side of a pair; the other one is with a peer that was named before. */
    public HbaSetup pair(final PairSetup pair) {
        peer(pair.peerIqn()).pairs.add(pair);
        return this;
    }

    private PeerSetup peer(final String peerIqn) {
        final PeerSetup peer = peers.get(peerIqn);
        if (peer == null) {
            throw new IllegalArgumentException("no peer is named " + peerIqn);
        }
        return peer;
    }

    /** @throws IllegalArgumentException when something is missing or out of range. */
    public Hba conclude() {
        check();
        final Counters counters = new Counters(counterValues);
        final RequestPool pool = new RequestPool(requests, Protocol.MAX_VOLUMES * QUESTIONS_PER_PAIR);
        final List<Peer> made = new ArrayList<>();
        for (final String name : peerOrder) {
            made.add(make(peers.get(name), pool, counters));
        }
        return new Hba(queue, made, pool, counters);
    }

    private Peer make(final PeerSetup peer, final RequestPool pool, final Counters counters) {
        final Origin origin = new Origin(new Origin.Setup(iqn, peer.iqn, bootId, peer.link, peer.replyTimeoutNs,
            peer.tries, new AckTracker(peer.acks), pool, slotLength, peerSlots, random, peer.key, alerts, counters));
        origin.conclude();
        final TargetSession target = new TargetSession(new TargetSession.Setup(iqn, peer.iqn, peer.link,
            new DuplicateWindow(peer.duplicates), peerSlots, applies, random, peer.key, alerts, offers, counters));
        final Peer made = new Peer(peer.iqn, peer.link, origin, target,
            new Peer.Resources(peerSlots, random, peer.replyTimeoutNs * peer.tries));
        peer.pairs.forEach(made::add);
        return made;
    }

    private void check() {
        require(iqn != null && queue != null && peerSlots != null && counterValues != null && random != null,
            "node, queue, slots, counters and random must be set");
        require(replyTimeoutNs > 0 && tries > 0, "reply time-out and tries must be positive");
        peers.values().forEach(peer -> require(peer.pairs.size() <= Protocol.MAX_VOLUMES,
            "at most " + Protocol.MAX_VOLUMES + " pairs can have their target on one peer"));
        require(requests > 0 && applies > 0, "depths must be positive");
        require(peers.values().stream().mapToInt(peer -> peer.pairs.size()).sum() <= requests
            && peers.values().stream().allMatch(peer -> peer.pairs.size() <= applies),
            "depths must have room for a flush of every volume");
        require(peerSlots.count() >= 2, "peers need 2 slots or more");
        require(slotLength <= peerSlots.slotLength(), "a peer slot must hold what a client slot holds");
        require(peerSlots.slotLength() <= Protocol.MAX_SLOT_LENGTH, "slots are longer than the protocol allows");
    }

    private static void require(final boolean holds, final String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
