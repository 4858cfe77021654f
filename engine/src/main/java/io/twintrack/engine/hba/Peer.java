package io.twintrack.engine.hba;

import io.twintrack.engine.Status;
import io.twintrack.engine.device.SharedDevice;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.origin.Origin;
import io.twintrack.engine.origin.PrimaryVolume;
import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.Pair;
import io.twintrack.engine.port.LinkListener;
import io.twintrack.engine.port.ReplicaLink;
import io.twintrack.engine.replica.RedundantVolume;
import io.twintrack.engine.replica.TargetSession;
import io.twintrack.engine.resync.Resync;
import io.twintrack.engine.resync.Verify;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Another HBA at the end of a link: this one is origin for some pairs there and target for others. */
final class Peer implements LinkListener {
    private static final int POLL_LIMIT = 64;

    final String iqn;
    final ReplicaLink link;
    final Origin origin;
    final TargetSession target;

    private final List<Pair> pairs = new ArrayList<>();
    private final Resources resources;

    /** What the pairs of an HBA share. */
    record Resources(SlotPool slots, LongSupplier random, long patienceNs) {
    }

    Peer(
        final String iqn, final ReplicaLink link, final Origin origin, final TargetSession target,
        final Resources resources) {
        this.iqn = iqn;
        this.link = link;
        this.origin = origin;
        this.target = target;
        this.resources = resources;
        link.listener(this);
    }

    /** A side of a pair whose other side this peer has. It allocates: at start, or when a person establishes a pair. */
    Pair add(final PairSetup setup) {
        final UnsafeBuffer memory = new UnsafeBuffer(BufferUtil.allocateDirectAligned(Pair.BUFFER_LENGTH, Long.BYTES));
        final Pair pair = new Pair(setup.name(), setup.store(), memory, setup.life(), resources.patienceNs(),
            resources.random(), setup.fence(), setup.events());
        final SharedDevice device = new SharedDevice(setup.device());
        final PrimaryVolume volume = origin.add(setup.name(), device.user(), pair.size(), pair, pair.conduct(),
            setup.store());
        final RedundantVolume redundant = target.add(setup.name(), device.user(), pair.target());
        pair.bind(volume, redundant,
            new Resync(volume, setup.store().tracks(), resources.slots(), setup.pacing(), setup.store()::saveTracks),
            new Verify(volume, resources.slots(), setup.pacing()), setup.diskIdentity(), setup.foreignDisk());
        pair.offer(setup.remoteVolume());
        pair.sessionRefusal(() -> origin.refusal() == Status.OK ? target.refusal() : origin.refusal());
        pairs.add(pair);
        origin.begin(volume);
        return pair;
    }

    /** Takes it out when nothing of it is on its way any more; the disks under it are the caller's to close. */
    void remove(final Pair pair, final boolean byPeer, final CommandListener listener) {
        pair.remove(byPeer, () -> {
            pairs.remove(pair);
            origin.remove(pair.volume());
            target.remove(pair.redundant());
        }, listener);
    }

    List<Pair> pairs() {
        return pairs;
    }

    int pollInbound(final long nowNs) {
        return target.pollFrames(POLL_LIMIT) + origin.pollReplies(nowNs, POLL_LIMIT);
    }

    int pollOutbound(final long nowNs) {
        int work = target.poll();
        for (int i = 0; i < pairs.size(); i++) {
            work += pairs.get(i).poll(nowNs);
        }
        return work + origin.poll(nowNs);
    }

    @Override
    public void onLinkUp(final long nowNs) {
        origin.onLinkUp(nowNs);
    }

    @Override
    public void onLinkDown(final long nowNs, final String reason) {
        origin.onLinkDown(nowNs, reason);
        target.onLinkDown(reason);
    }
}
