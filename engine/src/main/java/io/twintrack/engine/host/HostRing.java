package io.twintrack.engine.host;

import io.twintrack.engine.Status;
import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.counters.Counters;
import io.twintrack.engine.hba.Intake;
import io.twintrack.engine.memory.HbaMemory;
import io.twintrack.engine.memory.HbaMemoryLayout;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.volume.RequestListener;
import io.twintrack.engine.volume.Volume;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.ControlledMessageHandler.Action;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;

import static io.twintrack.engine.host.HostRecord.*;

/**
 * The HBA's end of the way in for other threads: it takes their requests from one ring, starts them on the volumes,
 * and answers through a ring for each {@link HostClient}.
 *
 * <p>Requests start in the order in which they were filed: one that its volume does not take now stays in the ring
 * with all behind it. A malformed one (unknown volume or operation, a slot that the client was not granted, a bad
 * length) is answered with {@link Status#INVALID} and never started. One that names no open client, or is more than
 * its client may have unanswered, cannot be answered: it is dropped and counted.
 *
 * <p>Threading: HBA's thread only, as are {@link #open} and {@link #close}; before that thread runs, the one that
 * builds the HBA. Allocates nothing but in {@link #open}.
 */
public final class HostRing implements Intake {
    /**
     * Requests taken in one duty cycle, so that the rest of it gets its turn. Few, so that the first of a burst are on
     * both disks' queues while the last are still being framed: at depth 32 that is worth a sixth of the rate.
     */
    private static final int REQUESTS_A_CYCLE = 4;
    private static final int CLOSED = -1;
    private static final int[] NO_SLOTS = {};

    private final HbaMemory memory;
    private final SlotPool slots;
    private final Volume[] volumes;
    private final Counters counters;
    private final Wakeup wakeup;
    private final ManyToOneRingBuffer requests;
    private final AtomicBuffer header;
    private final ControlledMessageHandler onRequest = this::onRequest;
    private final RequestListener onComplete = this::onComplete;

    private final int limit;
    private final OneToOneRingBuffer[] completions;
    private final int[] clientIds;
    private final int[] outstanding;
    /** For each client, the HBA's number of each of its slots. */
    private final int[][] granted;
    private int openings;

    // The requests under way; the index is the tag that the volume gives back.
    private final long[] correlationIds;
    private final int[] clients;
    private final int[] requestSlots;
    private final int[] free;
    private int freeCount;

    /**
     * @param volumes in the order in which clients count them.
     * @param wakeup  called by clients while {@link #maySleep()} has said yes and {@link #awake()} was not called.
     */
    public HostRing(
        final HbaMemory memory, final List<? extends Volume> volumes, final Counters counters, final Wakeup wakeup) {
        this.memory = memory;
        this.volumes = volumes.toArray(new Volume[0]);
        this.counters = counters;
        this.wakeup = wakeup;
        slots = memory.slots();
        header = memory.header();
        requests = new ManyToOneRingBuffer(memory.hostRing());

        final int hostClients = memory.layout().hostClients();
        limit = memory.layout().hostOutstanding();
        completions = new OneToOneRingBuffer[hostClients];
        Arrays.setAll(completions, i -> new OneToOneRingBuffer(memory.hostCompletions(i)));
        clientIds = new int[hostClients];
        Arrays.fill(clientIds, CLOSED);
        outstanding = new int[hostClients];
        granted = new int[hostClients][];
        Arrays.fill(granted, NO_SLOTS);

        freeCount = hostClients * limit;
        correlationIds = new long[freeCount];
        clients = new int[freeCount];
        requestSlots = new int[freeCount];
        free = new int[freeCount];
        Arrays.setAll(free, i -> i);
    }

    /**
     * Lets another thread use the volumes.
     *
     * @param slotCount granted from the HBA's slots, until the client is closed.
     * @throws IllegalStateException when all clients are open or too few slots are free.
     */
    public HostClient open(final int slotCount) {
        final int index = closedClient();
        if (slotCount < 0 || slotCount > slots.free()) {
            throw new IllegalStateException(slotCount + " slots asked for, " + slots.free() + " are free");
        }
        final long[] addresses = new long[slotCount];
        granted[index] = new int[slotCount];
        for (int i = 0; i < slotCount; i++) {
            granted[index][i] = slots.claim();
            addresses[i] = slots.address(granted[index][i]);
        }
        // What the client before left unread is nobody's.
        completions[index].read((type, buffer, at, length) -> { });
        clientIds[index] = (openings++ & 0x7F_FFFF) << 8 | index;
        return new HostClient(clientIds[index], memory, addresses, wakeup);
    }

    /**
     * Takes back a client's slots. Its thread has stopped using it.
     *
     * @return false while requests of it are under way: try again in a later cycle.
     */
    public boolean close(final HostClient client) {
        final int index = client.id() & CLIENT_INDEX_MASK;
        if (clientIds[index] != client.id()) {
            throw new IllegalStateException("host client " + index + " is not open");
        }
        if (outstanding[index] > 0) {
            return false;
        }
        clientIds[index] = CLOSED;
        for (final int slot : granted[index]) {
            slots.release(slot);
        }
        granted[index] = NO_SLOTS;
        return true;
    }

    /** Starts what was filed, as far as the volumes take it. @return requests taken from the ring. */
    @Override
    public int doWork(final long nowNs) {
        return requests.controlledRead(onRequest, REQUESTS_A_CYCLE);
    }

    /**
     * Announces that the HBA is about to sleep. After {@code true} it sleeps until the {@link Wakeup} or for any other
     * reason, and calls {@link #awake()} then; after {@code false} there is work and it does not sleep.
     */
    public boolean maySleep() {
        header.putInt(HbaMemoryLayout.SLEEPING_OFFSET, 1);
        // Pairs with the fence in HostClient.wakeIfAsleep(): a client that files after this fence sees the flag, and
        // what was filed before it is seen here. A record that is claimed but not yet committed counts too.
        VarHandle.fullFence();
        if (requests.size() == 0) {
            return true;
        }
        awake();
        return false;
    }

    public void awake() {
        header.putIntRelease(HbaMemoryLayout.SLEEPING_OFFSET, 0);
    }

    private Action onRequest(final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        if (type != REQUEST_TYPE || length != REQUEST_LENGTH) {
            counters.increment(Counter.HOST_DROPPED);
            return Action.CONTINUE;
        }
        final int id = buffer.getInt(index + CLIENT_OFFSET);
        final int client = id & CLIENT_INDEX_MASK;
        if (id < 0 || client >= clientIds.length || clientIds[client] != id || outstanding[client] == limit) {
            counters.increment(Counter.HOST_DROPPED);
            return Action.CONTINUE;
        }
        final int slot = buffer.getInt(index + SLOT_OFFSET);
        final int tag = enter(client, slot, buffer.getLong(index + CORRELATION_OFFSET));
        if (!isValid(buffer, index, client, slot)) {
            counters.increment(Counter.HOST_INVALID);
            onComplete(tag, Status.INVALID);
        } else if (!start(buffer, index, slot, tag)) {
            counters.increment(Counter.HOST_BACK_PRESSURE);
            leave(tag);
            return Action.ABORT;
        } else {
            counters.increment(Counter.HOST_REQUESTS);
        }
        return Action.CONTINUE;
    }

    private boolean isValid(final MutableDirectBuffer buffer, final int index, final int client, final int slot) {
        final int volume = buffer.getInt(index + VOLUME_OFFSET);
        if (volume < 0 || volume >= volumes.length || (buffer.getByte(index + FLAGS_OFFSET) & ~ALL_FLAGS) != 0) {
            return false;
        }
        final long length = buffer.getLong(index + LENGTH_OFFSET);
        return switch (buffer.getByte(index + OPERATION_OFFSET)) {
            case READ, WRITE -> slot >= 0 && slot < granted[client].length
                && length > 0 && length <= Math.min(slots.slotLength(), volumes[volume].maxTransfer());
            case ZERO -> slot == NO_SLOT && length > 0;
            case FLUSH -> slot == NO_SLOT;
            default -> false;
        };
    }

    private boolean start(final MutableDirectBuffer buffer, final int index, final int slot, final int tag) {
        final Volume volume = volumes[buffer.getInt(index + VOLUME_OFFSET)];
        final long address = slot == NO_SLOT ? 0 : slots.address(granted[clients[tag]][slot]);
        final long offset = buffer.getLong(index + OFFSET_OFFSET);
        final long length = buffer.getLong(index + LENGTH_OFFSET);
        final int flags = buffer.getByte(index + FLAGS_OFFSET);
        final boolean durable = (flags & DURABLE) != 0;
        return switch (buffer.getByte(index + OPERATION_OFFSET)) {
            case READ -> volume.read(address, (int) length, offset, onComplete, tag);
            case WRITE -> volume.write(address, (int) length, offset, durable, onComplete, tag);
            case FLUSH -> volume.flush(onComplete, tag);
            default -> volume.zero(offset, length, (flags & DEALLOCATE) != 0, durable, onComplete, tag);
        };
    }

    /** There is always one free: no client has more than its share. */
    private int enter(final int client, final int slot, final long correlationId) {
        final int tag = free[--freeCount];
        clients[tag] = client;
        requestSlots[tag] = slot;
        correlationIds[tag] = correlationId;
        outstanding[client]++;
        return tag;
    }

    private void leave(final int tag) {
        outstanding[clients[tag]]--;
        free[freeCount++] = tag;
    }

    private void onComplete(final long tagged, final Status status) {
        final int tag = (int) tagged;
        final OneToOneRingBuffer ring = completions[clients[tag]];
        final int index = ring.tryClaim(COMPLETION_TYPE, COMPLETION_LENGTH);
        leave(tag);
        if (index < 0) {
            // The ring holds all that a client may have unanswered: this one files without polling its completions.
            counters.increment(Counter.HOST_DROPPED);
            return;
        }
        final AtomicBuffer record = ring.buffer();
        record.putLong(index + CORRELATION_OFFSET, correlationIds[tag]);
        record.putInt(index + COMPLETION_STATUS_OFFSET, status.code());
        record.putInt(index + COMPLETION_SLOT_OFFSET, requestSlots[tag]);
        ring.commit(index);
    }

    private int closedClient() {
        for (int i = 0; i < clientIds.length; i++) {
            if (clientIds[i] == CLOSED) {
                return i;
            }
        }
        throw new IllegalStateException("all " + clientIds.length + " host clients are open");
    }
}
