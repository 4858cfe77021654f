package io.twintrack.engine.rig;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.device.IoQueues;
import io.twintrack.engine.device.VolatileDisk;
import io.twintrack.engine.hba.Hba;
import io.twintrack.engine.hba.HbaSetup;
import io.twintrack.engine.hba.PairSetup;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.origin.AckTracker;
import io.twintrack.engine.origin.PrimaryVolume;
import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Fence;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.NewSide;
import io.twintrack.engine.pair.Pair;
import io.twintrack.engine.pair.PairOffer;
import io.twintrack.engine.pair.PairOffers;
import io.twintrack.engine.pair.PairStatus;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.port.LinkListener;
import io.twintrack.engine.replica.DuplicateWindow;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** One node of a {@link LifeRig}: its disks, which outlive it, its process and its clients. */
public final class LifeNode implements PairOffers {
    private static final String VOLUME = "vol0";
    private static final int SLOT = 16 * 1024;
    private static final int SLOTS = 8;
    private static final String[] IQNS = {
        "iqn.2026-11.io.twintrack.test:origin", "iqn.2026-11.io.twintrack.test:target"};
    private static final LinkListener NOBODY = new LinkListener() {
        @Override
        public void onLinkUp(final long nowNs) {
        }

        @Override
        public void onLinkDown(final long nowNs, final String reason) {
        }
    };

    /** Memory of one node's process, used again by the next one. */
    private static final class Arena {
        private final ByteBuffer memory = BufferUtil.allocateDirectAligned(8 << 20, 4096);
        private final UnsafeBuffer bytes = new UnsafeBuffer(memory);
        private int used;

        long allocate(final int length) {
            final int at = used;
            used = BitUtil.align(used + length, 4096);
            assertTrue(used <= bytes.capacity(), "the arena is too small");
            return bytes.addressOffset() + at;
        }

        void clear() {
            bytes.setMemory(0, used, (byte) 0);
            used = 0;
        }
    }

    private static final Arena[] ARENAS = {new Arena(), new Arena()};

    private final LifeRig rig;
    public final int index;
    public VolatileDisk data;
    public final VolatileDisk metadata;
    public Hba hba;
    private Pair pair;
    public long life = 1;
    /** It deleted the pair, and its record with it. */
    public boolean forgot;
    private int disks = 1;
    private boolean foreignDisk;
    final Map<Long, ClientRequest> asked = new HashMap<>();
    boolean clients;
    boolean stopping;
    long clientsLeaveAt;
    SlotPool slots;

    LifeNode(final LifeRig rig, final int index, final LifeImage image) {
        this.rig = rig;
        this.index = index;
        data = new VolatileDisk(image.data().clone());
        metadata = new VolatileDisk(image.metadata().clone());
    }

    public int bit() {
        return 1 << index;
    }

    public boolean isUp() {
        return hba != null;
    }

    public Pair pair() {
        return pair;
    }

    public PrimaryVolume volume() {
        return pair().volume();
    }

    public PairStatus status() {
        return pair().commands().status(rig.nowNs());
    }

    public boolean serves() {
        return hasPair() && pair().role() == Role.PRIMARY && volume().serving() == Status.OK;
    }

    /** Its process runs, and has the pair. */
    public boolean hasPair() {
        return isUp() && !forgot;
    }

    /** Starts the process. */
    public void boot() {
        final Arena arena = ARENAS[index];
        arena.clear();
        slots = new SlotPool(arena.allocate(SLOT * 16), SLOT, 16);
        final LoopbackLink link = rig.link(index);
        final HbaSetup setup = new HbaSetup()
            .node(IQNS[index], rig.random.nextLong())
            .depth(64, 64)
            .queue(new IoQueues(List.of(data, metadata)))
            .slots(SLOT, new SlotPool(arena.allocate(SLOT * SLOTS), SLOT, SLOTS))
            .counters(new UnsafeBuffer(arena.allocate(Counters.LENGTH), Counters.LENGTH))
            .random(rig.random::nextLong)
            .replyTimeout(TimeUnit.MILLISECONDS.toNanos(20), 3)
            .peer(IQNS[1 - index], link,
                new UnsafeBuffer(arena.allocate(AckTracker.LENGTH), AckTracker.LENGTH),
                new UnsafeBuffer(arena.allocate(DuplicateWindow.LENGTH), DuplicateWindow.LENGTH), PairRig.key(1))
            .offers(this);
        hba = (forgot ? setup : setup.pair(side(arena))).conclude();
        pair = forgot ? null : hba.pairs().get(0);
        clients = false;
    }

    private PairSetup side(final Arena arena) {
        final String disk = "disk " + disks;
        final NewSide blank = new NewSide(VOLUME, VOLUME, IQNS[index], IQNS[1 - index], rig.size, LifeRig.TRACK,
            index == LifeRig.ORIGIN ? Role.PRIMARY : Role.REDUNDANT, Mode.DISK, disk, rig.random::nextLong);
        final SideStore store = Records.open(metadata, blank, data.size(), rig.activeRegions, arena::allocate);
        foreignDisk = !store.superblock().diskIdentity.equals(disk);
        return new PairSetup(VOLUME, IQNS[1 - index], data, store, life, disk, foreignDisk, rig.pacing, Fence.NONE,
            rig.events::add);
    }

    /** The process is gone, and the disk is another one when it comes back: what was on the old one is given up. */
    public void replaceDisk() {
        kill();
        data = new VolatileDisk(LifeImage.used((int) data.size()));
        disks++;
        rig.ledger.givenUp(bit());
    }

    /** Its record belongs to another disk, and nobody has said yet that this is right. */
    public boolean hasForeignDisk() {
        return foreignDisk;
    }

    /** Refused where it is in use already: the command was given before, and its answer was lost. */
    public CommandResult acceptDisk() {
        final CommandResult result = rig.command(this, (pair, listener) -> pair.acceptDisk(listener));
        foreignDisk = false;
        return result;
    }

    /** Ends the pair for good, as the node's tables do it; only then somebody hears. */
    public void delete(final boolean byPeer, final CommandListener heard) {
        hba.remove(VOLUME, byPeer, result -> {
            forgot |= result.done();
            heard.onResult(result);
        });
    }

    @Override
    public void onOffer(final PairOffer offer, final CommandListener heard) {
        PairOffers.NONE.onOffer(offer, heard);
    }

    @Override
    public void onWithdrawn(final String pair, final String peer, final CommandListener heard) {
        delete(true, heard);
    }

    /** In good order; goes on with the cycles that follow. */
    public void stop() {
        stopping = true;
        hba.stop();
    }

    /** The process is gone. */
    public void kill() {
        data.loseAsker();
        metadata.loseAsker();
        die();
    }

    /** The host is gone, and with it what its disks had not made stable. */
    public void losePower() {
        data.losePower(rig.random);
        metadata.losePower(rig.random);
        life++;
        rig.ledger.lostPower(bit());
        die();
    }

    private void die() {
        rig.cut();
        hba = null;
        asked.clear();
        clients = false;
        stopping = false;
        rig.link(index).listener(NOBODY);
        rig.link(index).doWork(rig.nowNs());
    }

    public void attachClients() {
        if (!clients && serves()) {
            clients = true;
            volume().onClientAttached();
        }
    }

    public void detachClients() {
        rig.until("client requests end", asked::isEmpty);
        if (clients) {
            clients = false;
            volume().onClientGone();
        }
    }

    /** They are gone for a while; what they asked goes on. */
    public void letClientsGo() {
        clientsLeaveAt = rig.cycles() + 200;
        if (clients) {
            clients = false;
            volume().onClientGone();
        }
    }

    public boolean hasClients() {
        return clients;
    }

    public int outstanding() {
        return asked.size();
    }

    byte[] image() {
        final byte[] bytes = new byte[(int) data.size()];
        data.content(0, new UnsafeBuffer(rig.imageMemory, 0, bytes.length));
        new UnsafeBuffer(rig.imageMemory, 0, bytes.length).getBytes(0, bytes);
        return bytes;
    }
}
