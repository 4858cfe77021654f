package io.twintrack.engine.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.metadata.ChangedTracks;
import io.twintrack.engine.metadata.LoadListener;
import io.twintrack.engine.metadata.MetadataLayout;
import io.twintrack.engine.metadata.SideStore;
import io.twintrack.engine.pair.NewSide;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.IoQueue;
import java.util.function.IntToLongFunction;
import org.agrona.concurrent.UnsafeBuffer;

/** Opens what one side of a pair keeps durably; a blank metadata disk gets the record of a new side. */
public final class Records {
    private static final int HOLDERS = 4096;

    private Records() {
    }

    /**
     * @param queue  of the metadata disk.
     * @param memory gives so many bytes, aligned to 4,096; they stay with the store.
     */
    public static <D extends BlockDevice & IoQueue> SideStore open(
        final D disk, final NewSide blank, final long largest, final int activeRegions,
        final IntToLongFunction memory) {
        final MetadataLayout layout = new MetadataLayout(largest, blank.trackSize());
        final int bits = (int) ChangedTracks.bitsLength(layout.volumeSize(), blank.trackSize());
        final int summary = (int) ChangedTracks.summaryLength(bits);
        final SideStore store = new SideStore(disk, layout, memory.applyAsLong(SideStore.IO_LENGTH),
            new UnsafeBuffer(memory.applyAsLong(bits), bits), new UnsafeBuffer(memory.applyAsLong(summary), summary),
            activeRegions, HOLDERS, (holder, status) -> { });
        final boolean[] done = new boolean[1];
        store.load((result, reason) -> {
            assertTrue(result != LoadListener.Outcome.UNREADABLE, reason);
            if (result == LoadListener.Outcome.NEW) {
                store.change(blank, status -> {
                    assertEquals(Status.OK, status);
                    done[0] = true;
                });
            } else {
                done[0] = true;
            }
        });
        for (int i = 0; !done[0] || !store.isIdle(); i++) {
            assertTrue(i < 100_000, "the metadata never load");
            store.poll();
            disk.poll();
        }
        return store;
    }
}
