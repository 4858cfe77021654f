package io.twintrack.engine.hba;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.origin.PrimaryVolume;
import io.twintrack.engine.origin.RequestPool;
import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Pair;
import io.twintrack.engine.pair.PairRule;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.port.IoQueue;
import io.twintrack.engine.volume.Volume;
import java.util.ArrayList;
import java.util.List;

/**
 * One I/O processor: one thread runs its duty cycle, and all that it does happens there. It has no clock and no
 * thread of its own; whoever drives it reads the clock once a cycle.
 *
 * <p>Completions come before intake, so that slots are free before they are claimed. Wire and ring come last, so that
 * what was just asked leaves in the same cycle, and the ring is entered once.
 */
public final class Hba {
    /** From taking requests to having nothing left to do. */
    private enum Phase {
        RUNNING, DRAINING, CLOSING, SETTLING, FLUSHING, STOPPED
    }

    private final IoQueue queue;
    private final List<Peer> peers;
    private final RequestPool requests;
    private final Counters counters;
    private final List<Intake> intakes = new ArrayList<>();
    private Phase phase = Phase.RUNNING;
    private long lastFramesOut;

    Hba(final IoQueue queue, final List<Peer> peers, final RequestPool requests, final Counters counters) {
        this.queue = queue;
        this.peers = peers;
        this.requests = requests;
        this.counters = counters;
    }

    /** Another source of requests. Before the first duty cycle. */
    public void add(final Intake intake) {
        intakes.add(intake);
    }

    /**
     * One duty cycle.
     *
     * @param nowNs of a clock that never goes back, such as {@code System.nanoTime()}.
     * @return an amount of work; 0 means that nothing happened.
     */
    public int doWork(final long nowNs) {
        int work = queue.poll();
        for (int i = 0; i < peers.size(); i++) {
            work += peers.get(i).pollInbound(nowNs);
        }
        for (int i = 0; i < intakes.size(); i++) {
            work += intakes.get(i).doWork(nowNs);
        }
        for (int i = 0; i < peers.size(); i++) {
            work += peers.get(i).pollOutbound(nowNs);
        }
        if (phase != Phase.RUNNING) {
            goOnStopping();
        }
        return work + handOver(nowNs);
    }

    /**
     * Frames leave before the disk is started, because the way over the wire is the longer one. When none waits to
     * leave, the disk does not wait for the wire either: on a target that is between a frame and its write. What the
     * ring completes on the way is looked at at once, so that an answer of a target leaves in the same cycle.
     */
    private int handOver(final long nowNs) {
        final long framesOut = counters.get(Counter.FRAMES_SENT) + counters.get(Counter.REPLIES_SENT);
        final boolean wireFirst = framesOut != lastFramesOut;
        lastFramesOut = framesOut;
        return wireFirst ? runLinks(nowNs) + queue.submit() : queue.submit() + queue.poll() + runLinks(nowNs);
    }

    private int runLinks(final long nowNs) {
        int work = 0;
        for (int i = 0; i < peers.size(); i++) {
            work += peers.get(i).link.doWork(nowNs);
        }
        return work;
    }

    /** Takes no more requests; those on their way end, then the disks are flushed. Go on with duty cycles. */
    public void stop() {
        if (phase == Phase.RUNNING) {
            phase = Phase.DRAINING;
            for (final Peer peer : peers) {
                peer.pairs().forEach(Pair::stop);
            }
        }
    }

    private void goOnStopping() {
        if (phase == Phase.DRAINING && requests.inUse() == 0) {
            phase = Phase.CLOSING;
            for (final Peer peer : peers) {
                peer.pairs().forEach(Pair::close);
            }
        } else if (phase == Phase.CLOSING && peers.stream().allMatch(Hba::isClosed)) {
            phase = Phase.SETTLING;
            for (final Peer peer : peers) {
                peer.target.stop();
            }
        } else if (phase == Phase.SETTLING && isIdle()) {
            phase = Phase.FLUSHING;
            for (final Peer peer : peers) {
                peer.target.flushDisks();
                peer.origin.flushDisks();
            }
        } else if (phase == Phase.FLUSHING && isIdle() && requests.inUse() == 0
            // A flush that failed here is still to be recorded.
            && peers.stream().allMatch(Hba::isClosed)) {
            phase = Phase.STOPPED;
        }
    }

    private static boolean isClosed(final Peer peer) {
        return peer.pairs().stream().allMatch(Pair::isClosed);
    }

    private boolean isIdle() {
        for (final Peer peer : peers) {
            if (!peer.origin.isFlushed() || !peer.target.isIdle()) {
                return false;
            }
        }
        return true;
    }

    /** After {@link #stop}: nothing is on its way any more, and every disk was flushed. */
    public boolean isStopped() {
        return phase == Phase.STOPPED;
    }

    /** A disk failed a flush, the last one or an earlier one: what it had taken may be gone. */
    public boolean isFlushFailed() {
        return peers.stream().anyMatch(peer -> peer.origin.isFlushFailed() || peer.target.isFlushFailed());
    }

    /** Every volume whose primary side is here takes requests. */
    public boolean isServing() {
        for (int i = 0; i < peers.size(); i++) {
            final List<Pair> pairs = peers.get(i).pairs();
            for (int k = 0; k < pairs.size(); k++) {
                if (pairs.get(k).role() == Role.PRIMARY && pairs.get(k).volume().serving() != Status.OK) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Sides of pairs on this HBA, in the order in which they came. */
    public List<Pair> pairs() {
        final List<Pair> all = new ArrayList<>();
        for (final Peer peer : peers) {
            all.addAll(peer.pairs());
        }
        return all;
    }

    /** Another side of a pair, while the HBA runs. HBA's thread; it allocates. */
    public Pair establish(final PairSetup setup) {
        for (final Peer peer : peers) {
            if (peer.iqn.equals(setup.peerIqn())) {
                return peer.add(setup);
            }
        }
        throw new IllegalArgumentException("no peer is named " + setup.peerIqn());
    }

    /**
     * Ends a pair for good while the HBA runs, when nothing of it is on its way any more. HBA's thread.
     *
     * @param byPeer   its other side deletes it.
     * @param listener hears once, from a later duty cycle or at once; done: nothing uses its disks any more.
     */
    public void remove(final String name, final boolean byPeer, final CommandListener listener) {
        for (final Peer peer : peers) {
            for (final Pair pair : List.copyOf(peer.pairs())) {
                if (pair.name().equals(name)) {
                    peer.remove(pair, byPeer, listener);
                    return;
                }
            }
        }
        listener.onResult(CommandResult.refused(PairRule.NOT_RUNNING.refuses("pair " + name + " does not run")));
    }

    /** What clients may attach to, as far as each volume's pair allows. */
    public List<PrimaryVolume> volumes() {
        return pairs().stream().map(Pair::volume).toList();
    }

    /** @return the pair of this name, or null. */
    public Pair pair(final String name) {
        return pairs().stream().filter(pair -> pair.name().equals(name)).findFirst().orElse(null);
    }

    /** @return the volume of this name, or null. */
    public Volume volume(final String name) {
        final Pair pair = pair(name);
        return pair == null ? null : pair.volume();
    }

    public Counters counters() {
        return counters;
    }

    /** Requests on their way now. */
    public int requestsInUse() {
        return requests.inUse();
    }
}
