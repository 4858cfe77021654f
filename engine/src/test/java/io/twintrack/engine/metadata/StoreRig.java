package io.twintrack.engine.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.device.VolatileDisk;
import io.twintrack.engine.metadata.LoadListener.Outcome;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SideState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** One life of a store on a metadata disk: begins with loading it. */
final class StoreRig {
    static final int TRACK = 4096;
    static final int HOLDERS = 64;

    final VolatileDisk disk;
    final MetadataLayout layout;
    final SideStore store;
    final List<Integer> begun = new ArrayList<>();
    final List<Status> refusals = new ArrayList<>();
    Outcome outcome;
    String reason;
    private final Memory memory;

    /** What a store needs; may be used again when an earlier life is over. */
    static final class Memory {
        final ByteBuffer io = BufferUtil.allocateDirectAligned(SideStore.IO_LENGTH, 4096);
        final UnsafeBuffer bits;
        final UnsafeBuffer summary;

        Memory(final MetadataLayout layout) {
            this(layout, bits(layout));
        }

        Memory(final MetadataLayout layout, final UnsafeBuffer bits) {
            this.bits = bits;
            summary = summary(layout);
        }
    }

    StoreRig(final VolatileDisk disk, final MetadataLayout layout, final int activeRegions) {
        this(disk, layout, activeRegions, new Memory(layout));
    }

    StoreRig(final VolatileDisk disk, final MetadataLayout layout, final int activeRegions, final Memory memory) {
        this.disk = disk;
        this.layout = layout;
        this.memory = memory;
        store = new SideStore(disk, layout, BufferUtil.address(memory.io), memory.bits, memory.summary, activeRegions,
            HOLDERS, this::onIntent);
        store.load((result, why) -> {
            outcome = result;
            reason = why;
        });
        settle();
    }

    static UnsafeBuffer bits(final MetadataLayout layout) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(
            (int) ChangedTracks.bitsLength(layout.volumeSize(), layout.trackSize()), 8));
    }

    static UnsafeBuffer summary(final MetadataLayout layout) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned((int) ChangedTracks.summaryLength(
            ChangedTracks.bitsLength(layout.volumeSize(), layout.trackSize())), 8));
    }

    /** A new metadata file that was given its id and whose marks were all cleared. */
    static StoreRig clean(final MetadataLayout layout, final int activeRegions) {
        final StoreRig rig = new StoreRig(new VolatileDisk((int) layout.length()), layout, activeRegions);
        assertEquals(Outcome.NEW, rig.outcome);
        rig.change(side -> identify(side, 77));
        rig.clear();
        return rig;
    }

    static void identify(final Superblock side, final long id) {
        side.metadataIdHigh = id;
        side.metadataIdLow = id;
        side.pairName = "vol0";
        side.volumeName = "vol0";
        side.localIqn = "iqn.2026-11.io.twintrack:a";
        side.peerIqn = "iqn.2026-11.io.twintrack:b";
        side.diskIdentity = "serial 1";
        side.role = Role.PRIMARY;
        side.sideState = SideState.UP_TO_DATE;
        side.peerSideState = SideState.UP_TO_DATE;
        side.fullCompare = false;
        side.currentHigh = 1;
        side.currentLow = id;
    }

    /** Both sides are equal and flushed. */
    void clear() {
        store.tracks().clearAll();
        store.tracks().flushed(store.tracks().flushBegan());
        store.intent().forgetRecovered();
        await(store::saveIntent);
        await(done -> store.saveTracks(0, layout.volumeSize(), done));
    }

    private void onIntent(final int holder, final Status status) {
        if (status == Status.OK) {
            begun.add(holder);
        } else {
            refusals.add(status);
        }
    }

    void change(final SuperblockChange edit) {
        await(done -> store.change(edit, done));
    }

    /** Something that takes time and ends with a status. */
    @FunctionalInterface
    interface Asked {
        void ask(StatusListener done);
    }

    void await(final Asked asked) {
        final List<Status> ended = new ArrayList<>();
        asked.ask(ended::add);
        settle();
        assertEquals(List.of(Status.OK), ended);
    }

    void settle() {
        store.poll();
        for (int i = 0; !store.isIdle() || disk.underWay() > 0; i++) {
            assertTrue(i < 100_000, "never idle");
            disk.poll();
            store.poll();
        }
    }

    /** One thing happens: an operation of the disk completes. @return whether there was one. */
    boolean step() {
        final boolean completed = disk.completeOne();
        store.poll();
        return completed;
    }

    boolean isMarked(final long offset, final long length) {
        return store.tracks().isMarked(offset, length) || store.intent().isMarked(offset, length);
    }
}
