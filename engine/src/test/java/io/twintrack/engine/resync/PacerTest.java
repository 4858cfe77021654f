package io.twintrack.engine.resync;

import static io.twintrack.engine.resync.SimulatedPair.BLOCK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.memory.SlotPool;
import io.twintrack.engine.metadata.ChangedTracks;
import io.twintrack.engine.resync.SimulatedPair.Kind;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** In simulated time: one server at 1 GB/s, with a client that writes 4 KiB at a time, or none. */
class PacerTest {
    private static final int BLOCKS = 1 << 18;
    private static final int SLOT = 256 * 1024;
    private static final long STEP_NS = 5_000;
    private static final long RUN_NS = 200_000_000;

    private final SimulatedPair pair = new SimulatedPair(BLOCKS);
    private final ChangedTracks tracks = tracks();
    private long nowNs = 1;
    private boolean clientWaits;

    private static ChangedTracks tracks() {
        final long size = (long) BLOCKS * BLOCK;
        final int length = (int) ChangedTracks.bitsLength(size, BLOCK);
        return new ChangedTracks(new UnsafeBuffer(ByteBuffer.allocateDirect(length)),
            new UnsafeBuffer(ByteBuffer.allocateDirect((int) ChangedTracks.summaryLength(length))), size, BLOCK);
    }

    private Resync begin(final Pacing pacing) {
        tracks.markAll();
        final Resync resync = new Resync(pair, tracks, new SlotPool(1 << 20, SLOT, 128), pacing,
            (from, to, listener) -> listener.onStatus(Status.OK));
        resync.begin(Resync.Mode.COPY, nowNs);
        return resync;
    }

    /** @return bytes copied per second of simulated time. */
    private double run(final Resync resync, final boolean client) {
        final long begin = nowNs;
        while (nowNs - begin < RUN_NS) {
            nowNs += STEP_NS;
            pair.poll(nowNs);
            if (client && !clientWaits) {
                clientWaits = pair.write(0, (tag, status) -> clientWaits = false, 0);
            }
            if (resync != null) {
                resync.poll(nowNs);
            }
        }
        return resync == null ? 0 : resync.copiedBytes() * 1e9 / RUN_NS;
    }

    @Test
    void takesEverythingWithoutClients() {
        final double rate = run(begin(Pacing.UNLIMITED), false);
        assertTrue(rate > 0.9e9, "bytes per second: " + rate);
        assertTrue(pair.mostOutstanding >= 8 && pair.mostOutstanding <= Pacer.DEPTH, "depth " + pair.mostOutstanding);
    }

    @Test
    void aClientKeepsHalfOfItsRate() {
        run(null, true);
        final long alone = pair.requests(Kind.CLIENT);
        final double rate = run(begin(Pacing.UNLIMITED), true);
        final long beside = pair.requests(Kind.CLIENT) - alone;
        assertTrue(beside >= alone / 2, alone + " writes alone, " + beside + " beside resync");
        assertTrue(rate > 0.2e9, "resync takes the rest: " + rate);
    }

    @Test
    void takesEverythingAgainWhenTheClientIsGone() {
        final Resync resync = begin(Pacing.UNLIMITED);
        run(resync, true);
        final long before = resync.copiedBytes();
        run(resync, false);
        assertTrue((resync.copiedBytes() - before) * 1e9 / RUN_NS > 0.8e9);
    }

    @Test
    void staysBelowTheCeiling() {
        final double rate = run(begin(new Pacing(0, 50_000_000)), false);
        assertTrue(rate < 55e6 && rate > 40e6, "bytes per second: " + rate);
    }

    @Test
    void keepsItsFloorBesideAClient() {
        final double rate = run(begin(new Pacing(700_000_000, Long.MAX_VALUE)), true);
        assertTrue(rate > 600e6, "bytes per second: " + rate);
    }

    @Test
    void limitsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new Pacing(-1, 5));
        assertThrows(IllegalArgumentException.class, () -> new Pacing(0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Pacing(6, 5));
        assertEquals(0, Pacing.UNLIMITED.floor());
    }
}
