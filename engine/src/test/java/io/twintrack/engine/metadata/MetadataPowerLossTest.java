package io.twintrack.engine.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.device.VolatileDisk;
import io.twintrack.engine.metadata.LoadListener.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;

/** Power is lost between any two steps of the metadata disk; the marks of the next life are checked against a model. */
class MetadataPowerLossTest {
    private static final int TRACK = 1 << 20;
    private static final long REGION = 4 << 20;
    /** Two intent blocks and five track blocks. */
    private static final long SIZE = 130L << 30;
    private static final MetadataLayout LAYOUT = new MetadataLayout(SIZE, TRACK);
    private static final long[] PLACES = {
        0, REGION, 2 * REGION, 32254 * REGION, 32255 * REGION, 32256 * REGION, SIZE / 2, SIZE / 2 + REGION,
        SIZE - 3 * REGION};
    private static final int HOLDERS = 8;

    /** A write of data: a mark on disk has to cover it from before it starts until the data disks were flushed. */
    private static final class Write {
        private long offset;
        private long length;
        private boolean waits;
        private boolean runs;
        private long endedAt;
    }

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final StoreRig.Memory memory = new StoreRig.Memory(LAYOUT);
    private StoreRig rig;
    private final Write[] writes = new Write[HOLDERS];
    private final List<Write> unstable = new ArrayList<>();
    /** Tracks that differ, or whose copying is not behind a flush yet: {offset, when copied or -1}. */
    private final List<long[]> differing = new ArrayList<>();
    private long now;
    private boolean severed;
    private boolean copying;
    private long flushBegan = -1;
    private long intentEpoch;
    private long trackEpoch;
    private int saving;
    private int crashes;
    private int waited;

    @RepeatedTest(5)
    void marksCoverWhateverMayDiffer() {
        rig = new StoreRig(new VolatileDisk((int) LAYOUT.length()), LAYOUT, 6, memory);
        rig.change(side -> StoreRig.identify(side, 5));
        rig.clear();
        rig.disk.reorder(random);
        newLife();
        for (now = 1; now < 60_000; now++) {
            act(random.nextInt(100));
            begunMeanwhile();
        }
        assertTrue(crashes > 100 && waited > 200, crashes + " crashes, " + waited + " writes that waited");
        endsClean();
    }

    private void newLife() {
        for (int i = 0; i < HOLDERS; i++) {
            writes[i] = new Write();
        }
        flushBegan = -1;
        saving = 0;
        copying = false;
        severed = random.nextBoolean();
    }

    private void act(final int dice) {
        if (dice < 20) {
            beginWrite();
        } else if (dice < 40) {
            endWrite();
        } else if (saving < 4 && (dice < 45 || rig.store.intent().wantsRetirement() && dice < 60)) {
            flushDataDisks();
        } else if (dice < 48 && saving < 4) {
            final long from = PLACES[random.nextInt(PLACES.length)];
            saving++;
            rig.store.saveTracks(from, from + REGION, status -> saving--);
        } else if (dice < 52) {
            copyTrack();
        } else if (dice < 53) {
            rig.store.intent().retireAll();
            rig.store.saveIntent(StatusListener.IGNORED);
        } else if (dice < 54 && flushBegan < 0 && saving < 4) {
            severOrComeBack();
        } else if (dice < 55 && random.nextInt(2) == 0) {
            crash();
        } else {
            rig.step();
        }
    }

    /** Tracks are copied once all marks that were made alone are saved. */
    private void severOrComeBack() {
        severed = !severed;
        copying = false;
        if (!severed) {
            saving++;
            rig.store.saveTracks(0, SIZE, status -> {
                saving--;
                copying = !severed;
            });
        }
    }

    private void beginWrite() {
        final int holder = random.nextInt(HOLDERS);
        final Write write = writes[holder];
        if (!write.runs && !write.waits) {
            write.offset = PLACES[random.nextInt(PLACES.length)] + random.nextInt(4) * (long) TRACK;
            write.length = (1 + random.nextInt(8)) * (long) TRACK;
            write.waits = !rig.store.intent().begin(holder, write.offset, write.length);
            if (write.waits) {
                waited++;
            } else {
                run(write);
            }
        }
    }

    private void run(final Write write) {
        write.waits = false;
        write.runs = true;
        unstable.add(write);
    }

    private void begunMeanwhile() {
        for (final int holder : rig.begun) {
            assertTrue(writes[holder].waits, message());
            run(writes[holder]);
        }
        rig.begun.clear();
    }

    private void endWrite() {
        final int holder = random.nextInt(HOLDERS);
        final Write write = writes[holder];
        if (write.runs) {
            if (severed) {
                rig.store.tracks().mark(write.offset, write.length);
                for (long at = write.offset; at < write.offset + write.length; at += TRACK) {
                    differing.add(new long[] {at, -1});
                }
            }
            rig.store.intent().end(write.offset, write.length);
            write.endedAt = now;
            write.runs = false;
            writes[holder] = new Write();
        }
    }

    /**
     * Begins a flush, or ends the one that runs. While severed the marks of this side alone are saved before it counts.
     */
    private void flushDataDisks() {
        if (flushBegan < 0) {
            flushBegan = now;
            intentEpoch = rig.store.intent().flushBegan();
            trackEpoch = rig.store.tracks().flushBegan();
            return;
        }
        final long began = flushBegan;
        final long epoch = intentEpoch;
        final StoreRig life = rig;
        flushBegan = -1;
        if (severed) {
            saving++;
            rig.store.saveTracks(0, SIZE, status -> {
                assertEquals(Status.OK, status);
                saving--;
                stable(life, began, epoch);
            });
        } else {
            stable(rig, began, epoch);
            rig.store.tracks().flushed(trackEpoch);
            differing.removeIf(track -> track[1] >= 0 && track[1] < began);
        }
    }

    private void stable(final StoreRig life, final long began, final long epoch) {
        life.store.intent().flushed(epoch);
        unstable.removeIf(write -> !write.runs && write.endedAt < began);
    }

    private void copyTrack() {
        if (copying && !differing.isEmpty()) {
            final long offset = differing.get(random.nextInt(differing.size()))[0];
            rig.store.tracks().clear(offset, TRACK);
            for (final long[] track : differing) {
                track[1] = track[0] == offset && track[1] < 0 ? now : track[1];
            }
        }
    }

    private void crash() {
        crashes++;
        rig.disk.losePower(random);
        rig = new StoreRig(rig.disk, LAYOUT, 6, memory);
        assertEquals(Outcome.LOADED, rig.outcome, message());
        for (final Write write : unstable) {
            assertMarked(write.offset, write.length);
        }
        for (final long[] track : differing) {
            assertMarked(track[0], TRACK);
        }
        recover();
        newLife();
    }

    private void assertMarked(final long offset, final long length) {
        for (long at = offset; at < offset + length; at += TRACK) {
            assertTrue(rig.isMarked(at, TRACK), "offset " + at + " of " + offset + " + " + length + ", " + message());
        }
    }

    /** As after every start: what was under way counts as changed. Now and then everything is made equal. */
    private void recover() {
        unstable.clear();
        final ChangedTracks tracks = rig.store.tracks();
        rig.store.intent().markAllInto(tracks);
        if (random.nextInt(3) > 0) {
            rig.clear();
            differing.clear();
        } else {
            rig.await(done -> rig.store.saveTracks(0, SIZE, done));
            rig.store.intent().forgetRecovered();
        }
    }

    private void endsClean() {
        for (int i = 0; i < 1_000; i++) {
            rig.step();
            begunMeanwhile();
            for (final Write write : writes) {
                if (write.runs) {
                    rig.store.intent().end(write.offset, write.length);
                    write.runs = false;
                }
            }
            rig.store.intent().flushed(rig.store.intent().flushBegan());
        }
        rig.store.intent().retireAll();
        assertEquals(0, rig.store.intent().active(), message());
        rig.clear();
        rig.disk.losePower(random);
        rig = new StoreRig(rig.disk, LAYOUT, 6, memory);
        rig.store.intent().markAllInto(rig.store.tracks());
        assertEquals(0, rig.store.tracks().count(), message());
    }

    private String message() {
        return "seed " + seed + " at " + now;
    }
}
