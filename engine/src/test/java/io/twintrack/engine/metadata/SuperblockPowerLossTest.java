package io.twintrack.engine.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.device.VolatileDisk;
import io.twintrack.engine.metadata.LoadListener.Outcome;
import io.twintrack.engine.pair.SideState;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Power is lost between any two writes of a superblock. */
class SuperblockPowerLossTest {
    private final MetadataLayout layout = new MetadataLayout(4 << 20, 4096);
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    /** The superblock is the last one that counted, or the one that was on its way, or it is not trusted. */
    @Test
    void aSuperblockIsTheOldOneOrTheNewOne() {
        int news = 0;
        int distrusted = 0;
        for (int round = 0; round < 400; round++) {
            StoreRig rig = StoreRig.clean(layout, 16);
            rig.change(side -> side.ownLife = side.sequence + 1);
            final long[] told = {rig.store.superblock().sequence};
            for (int i = 0; i < 4; i++) {
                rig.store.change(side -> side.ownLife = side.sequence + 1, status -> told[0]++);
            }
            for (int steps = random.nextInt(10); steps > 0; steps--) {
                rig.store.poll();
                rig.step();
            }
            rig.disk.losePower(random);
            rig = new StoreRig(rig.disk, layout, 16);
            final Superblock side = rig.store.superblock();
            assertEquals(Outcome.LOADED, rig.outcome, message(round));
            assertTrue(side.sequence == told[0] || side.sequence == told[0] + 1,
                side.sequence + " after " + told[0] + ", " + message(round));
            assertEquals(side.sequence, side.ownLife, message(round));
            assertEquals(side.fullCompare, side.sideState == SideState.CONSISTENT, message(round));
            news += side.sequence > told[0] ? 1 : 0;
            distrusted += side.fullCompare ? 1 : 0;
            rig.change(next -> next.peerLife = 4);
        }
        assertNotEquals(0, news, "seed " + seed);
        assertNotEquals(0, distrusted, "seed " + seed);
    }

    /** Power is lost while the first record of a side is written: nothing of it is taken for one that is whole. */
    @Test
    void theFirstRecordIsMadeAnewOrNotTrustedOrRefused() {
        final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        for (int round = 0; round < 400; round++) {
            StoreRig rig = new StoreRig(new VolatileDisk((int) layout.length()), layout, 16);
            final boolean[] told = {false};
            rig.store.change(side -> StoreRig.identify(side, 77), status -> told[0] = true);
            rig.store.poll();
            for (int steps = round % 8; steps > 0; steps--) {
                rig.step();
            }
            rig.disk.losePower(random);
            rig = new StoreRig(rig.disk, layout, 16);
            outcomes.merge(rig.outcome, 1, Integer::sum);
            assertTrue(rig.outcome == Outcome.LOADED || !told[0], message(round));
            if (rig.outcome == Outcome.LOADED) {
                rig.store.intent().markAllInto(rig.store.tracks());
                assertEquals(layout.volumeSize(), rig.store.tracks().runLength(0, layout.volumeSize()), message(round));
            }
        }
        assertEquals(EnumSet.allOf(Outcome.class), outcomes.keySet(), "seed " + seed);
    }

    /** The damaged or older copy is written first, so that power which is lost then leaves the better one. */
    @Test
    void theBetterCopyOfTheSuperblockOutlivesTheNextChange() {
        final byte[] older = StoreRig.clean(layout, 16).disk.stable();
        for (int round = 0; round < 400; round++) {
            StoreRig rig = new StoreRig(new VolatileDisk(older.clone()), layout, 16);
            rig.change(side -> side.ownLife = 7);
            final byte[] image = rig.disk.stable();
            final int copy = round % 2;
            if (round % 4 < 2) {
                image[copy * 4096 + 100]++;
            } else {
                System.arraycopy(older, copy * 4096, image, copy * 4096, 4096);
            }
            rig = new StoreRig(new VolatileDisk(image), layout, 16);
            rig.store.change(side -> side.ownLife = 8, StatusListener.IGNORED);
            rig.store.poll();
            for (int steps = round / 4 % 3; steps > 0; steps--) {
                rig.step();
            }
            rig.disk.losePower(random);
            rig = new StoreRig(rig.disk, layout, 16);
            assertEquals(Outcome.LOADED, rig.outcome, message(round));
            assertTrue(rig.store.superblock().ownLife >= 7, message(round));
        }
    }

    private String message(final int round) {
        return "seed " + seed + " round " + round;
    }
}
