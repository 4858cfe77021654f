package io.twintrack.bench.system;

import io.twintrack.bench.load.EmbeddedVolume;
import io.twintrack.bench.process.Child;
import io.twintrack.bench.process.Children;
import io.twintrack.engine.Status;
import io.twintrack.engine.host.CompletionHandler;
import io.twintrack.engine.host.HostClient;
import io.twintrack.node.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The first volume of a node that runs in this process, through its host ring. A request longer than a slot goes out
 * in pieces of a slot each and completes with its last piece. One thread.
 */
final class HostVolume implements EmbeddedVolume, CompletionHandler {
    private static final int VOLUME = 0;

    private final Node node;
    private final HostClient client;
    private final Children children;
    private final Child target;
    private final int[] pieces;
    private final boolean[] failed;
    private final long[] tags;
    private int allocatedSlots;
    private CompletionListener listener;

    HostVolume(final Node node, final HostClient client, final Children children, final Child target) {
        this.node = node;
        this.client = client;
        this.children = children;
        this.target = target;
        pieces = new int[client.slotCount()];
        failed = new boolean[client.slotCount()];
        tags = new long[client.slotCount()];
    }

    @Override
    public long allocate(final int length) {
        final int first = allocatedSlots;
        allocatedSlots += slots(length);
        for (int slot = first + 1; slot < allocatedSlots; slot++) {
            if (client.slotAddress(slot) != client.slotAddress(slot - 1) + client.slotLength()) {
                throw new IllegalStateException("the client's slots do not follow each other in memory");
            }
        }
        return client.slotAddress(first);
    }

    @Override
    public boolean write(final long address, final int length, final long offset, final long tag) {
        return submit(true, address, length, offset, tag);
    }

    @Override
    public boolean read(final long address, final int length, final long offset, final long tag) {
        return submit(false, address, length, offset, tag);
    }

    private boolean submit(
        final boolean write, final long address, final int length, final long offset, final long tag) {
        final int first = (int) ((address - client.slotAddress(0)) / client.slotLength());
        tags[first] = tag;
        failed[first] = false;
        pieces[first] = slots(length);
        for (int i = 0, done = 0; done < length; i++, done += client.slotLength()) {
            final int piece = Math.min(client.slotLength(), length - done);
            while (!submit(write, first + i, piece, offset + done, first)) {
                // The ring is full for a moment: the HBA empties it in each of its cycles.
                Thread.onSpinWait();
            }
        }
        return true;
    }

    private boolean submit(
        final boolean write, final int slot, final int length, final long offset, final long correlationId) {
        return write
            ? client.write(VOLUME, slot, length, offset, false, correlationId)
            : client.read(VOLUME, slot, length, offset, correlationId);
    }

    @Override
    public int poll(final CompletionListener completionListener) {
        listener = completionListener;
        return client.poll(this);
    }

    @Override
    public void onCompletion(final long correlationId, final int slot, final Status status) {
        final int first = (int) correlationId;
        failed[first] |= status != Status.OK;
        if (--pieces[first] == 0) {
            listener.onComplete(tags[first], !failed[first]);
        }
    }

    private int slots(final int length) {
        return (length + client.slotLength() - 1) / client.slotLength();
    }

    @Override
    public Set<Long> pids() {
        final Set<Long> pids = new LinkedHashSet<>();
        pids.add(ProcessHandle.current().pid());
        pids.add(target.handle().pid());
        return pids;
    }

    @Override
    public void close() {
        node.close();
        try {
            if (!children.stop(target)) {
                throw new IOException("the target's node did not end on SIGTERM");
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
