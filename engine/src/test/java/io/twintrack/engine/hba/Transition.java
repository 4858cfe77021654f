package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.ResyncStatus.Direction;
import io.twintrack.engine.pair.SideState;
import io.twintrack.engine.resync.Pacing;
import io.twintrack.engine.rig.Ledger;
import io.twintrack.engine.rig.LifeRig;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** What a pair goes through while clients use it, and power may be lost. Each names what it shows of GUARANTEES.md. */
enum Transition {
    ESTABLISHED(List.of("A pair is established", "Resync begins", "Resync ends"), Acts::upToDate) {
        @Override
        boolean isInStepBefore() {
            return false;
        }

        @Override
        void prepare(final LifeRig rig) {
            // It begins with nothing.
        }
    },
    REGIONS_TAKE_TURNS(List.of("A write to a region that is not active", "A region is retired"),
        rig -> Acts.writeInTurn(rig, 8 << 20, 0, 4 << 20, 8 << 20, 4096, 4 << 20, 8 << 20)) {
        @Override
        long size() {
            return (8 << 20) + (64 << 10);
        }

        @Override
        long deviceSize() {
            return size();
        }

        @Override
        int activeRegions() {
            return 2;
        }
    },
    SEVERED_BY_COMMAND(List.of("First divergence", "Resync begins", "Resync ends"), rig -> {
        rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.sever(result));
        rig.clients.busyCycles(rig.origin(), 30);
        rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.reestablish(Keep.NONE, result));
        Acts.upToDate(rig);
    }),
    LEFT_BEHIND_AFTER_ALL_TRIES(List.of("First divergence"), rig -> {
        rig.cut();
        Acts.severed(rig);
        rig.link(true);
        Acts.upToDate(rig);
    }),
    LEFT_BEHIND_WITH_A_FAILED_DISK(List.of("First divergence"), rig -> {
        rig.target().data.failWrites(Status.IO_ERROR);
        Acts.severed(rig);
        rig.target().data.failWrites(Status.OK);
        if (rig.target().status().side() == SideState.FAILED) {
            // It was a flush that failed.
            Acts.replaceDisk(rig, rig.target());
        } else {
            rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.reestablish(Keep.NONE, result));
            Acts.upToDate(rig);
        }
    }),
    /** What changed lies in regions that are not active any more: tracks alone know of it. */
    MARKED_IN_RETIRED_REGIONS(List.of("A region is retired", "Resync begins", "Resync ends"), rig -> {
        rig.command(rig.origin(), (pair, result) -> pair.reestablish(Keep.NONE, result));
        rig.until("copied", () -> rig.origin().pair().state() == PairState.UP_TO_DATE);
    }) {
        @Override
        long size() {
            return (8 << 20) + (64 << 10);
        }

        @Override
        long deviceSize() {
            return size();
        }

        @Override
        int activeRegions() {
            return 2;
        }

        @Override
        void prepare(final LifeRig rig) {
            rig.until("up to date", () -> rig.origin().pair().state() == PairState.UP_TO_DATE);
            rig.command(rig.origin(), (pair, result) -> pair.sever(result));
            rig.origin().attachClients();
            Acts.writeInTurn(rig, 0, 4 << 20, 8 << 20);
        }
    },
    PRIMARY_LOSES_ITS_DISK(List.of("The primary's disk fails", "A disk is replaced"), rig -> {
        rig.origin().data.failWrites(Status.IO_ERROR);
        rig.clients.busyUntil(rig.origin(), "served by the target alone",
            () -> rig.origin().status().side() == SideState.FAILED && rig.origin().serves());
        rig.clients.busyCycles(rig.origin(), 30);
        Acts.replaceDisk(rig, rig.origin());
    }),
    /** It takes so long that both sides are flushed and marks are saved on the way. */
    RESYNC_UNDER_A_CEILING(List.of("Resync goes on"), rig -> {
        rig.clients.busyCycles(rig.origin(), 30);
        rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.reestablish(Keep.NONE, result));
        final long flushes = rig.target().data.flushes();
        rig.patient(true);
        rig.until("flushed while it runs", () -> rig.target().data.flushes() > flushes);
        assertEquals(PairState.DELTA_SYNC, rig.origin().pair().state(), rig::describe);
        rig.until("copied", () -> rig.origin().pair().state() == PairState.UP_TO_DATE);
    }) {
        @Override
        void prepare(final LifeRig rig) {
            rig.pacing = new Pacing(0, 10 << 10);
            rig.origin().kill();
            rig.origin().boot();
            rig.link(true);
            super.prepare(rig);
            rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.sever(result));
            Acts.writeInTurn(rig, LongStream.iterate(0, at -> at < size(), at -> at + LifeRig.TRACK).toArray());
        }
    },
    DISK_OF_THE_TARGET_REPLACED(List.of("A disk is replaced"), rig -> Acts.replaceDisk(rig, rig.target())),
    DISK_OF_THE_ORIGIN_REPLACED(List.of("A disk is replaced"), rig -> Acts.replaceDisk(rig, rig.origin())),
    /** No region is active: what is to be filled is known by its marks alone. */
    DISK_REPLACED_WHILE_IDLE(List.of("A disk is replaced", "Resync begins"), rig -> {
        Acts.newDisk(rig, rig.target());
        rig.until("filled", () -> rig.origin().pair().state() == PairState.UP_TO_DATE);
    }) {
        @Override
        void prepare(final LifeRig rig) {
            rig.until("up to date", () -> rig.origin().pair().state() == PairState.UP_TO_DATE);
        }
    },
    ORIGIN_KEPT(List.of("One side is given up"), rig -> Acts.keep(rig, Keep.LOCAL)) {
        @Override
        void prepare(final LifeRig rig) {
            super.prepare(rig);
            Acts.diverge(rig);
        }

        @Override
        void afterLoss(final LifeRig rig, final long step) {
            Acts.decided(rig, rig.origin(), step);
        }
    },
    TARGET_KEPT(List.of("One side is given up"), rig -> Acts.keep(rig, Keep.PEER)) {
        @Override
        void prepare(final LifeRig rig) {
            super.prepare(rig);
            Acts.diverge(rig);
        }

        @Override
        void afterLoss(final LifeRig rig, final long step) {
            Acts.decided(rig, rig.target(), step);
        }
    },
    ROLES_CHANGE_IN_GOOD_ORDER(List.of("Demote", "Promote"), rig -> {
        rig.origin().detachClients();
        rig.done(rig.origin(), (pair, result) -> pair.demote(result));
        rig.done(rig.target(), (pair, result) -> pair.promote(false, result));
        Acts.upToDate(rig, rig.target());
    }),
    PROMOTED_BY_FORCE(List.of("Promote"), rig -> {
        rig.origin().kill();
        rig.cycles(3);
        rig.done(rig.target(), (pair, result) -> pair.promote(true, result));
        rig.clients.busyCycles(rig.target(), 30);
        rig.origin().boot();
        rig.link(true);
        Acts.upToDate(rig, rig.target());
    }),
    /** What is durable of it is the node's to do: it is tried between any two cycles. */
    DELETED(List.of("Delete"), Acts::delete) {
        @Override
        boolean isAStep(final boolean durable) {
            return true;
        }

        @Override
        void afterLoss(final LifeRig rig, final long step) {
            Acts.deleteWhatIsLeft(rig);
        }

        @Override
        boolean endsInStep() {
            return false;
        }
    },
    GROWN_AND_SHRUNK(List.of("Resize"), rig -> {
        final long size = rig.size;
        // What a disk holds behind the end is anybody's guess.
        rig.ledger.truncate((int) (size / Ledger.SECTOR));
        assertTrue(rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.resize(2 * size, result)).done());
        rig.clients.busyCycles(rig.origin(), 30);
        Acts.upToDate(rig);
        rig.ledger.truncate((int) (size / Ledger.SECTOR));
        assertTrue(rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.resize(size, result)).done());
        rig.clients.busyCycles(rig.origin(), 30);
    }),
    ORIGIN_STOPS_AND_STARTS(List.of("Stop"), rig -> {
        Acts.stopAndStart(rig);
        Acts.upToDate(rig);
    }),
    STOPS_WHILE_SEVERED(List.of("Stop"), rig -> {
        rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.sever(result));
        rig.clients.busyCycles(rig.origin(), 30);
        Acts.stopAndStart(rig);
        rig.command(rig.origin(), rig.origin(), (pair, result) -> pair.reestablish(Keep.NONE, result));
        Acts.upToDate(rig);
    }),
    ORIGIN_KILLED(List.of("Resync begins", "Resync ends"), rig -> {
        rig.origin().kill();
        rig.cycles(5);
        rig.origin().boot();
        rig.link(true);
        Acts.upToDate(rig);
    }),
    /** The primary is the one that is filled. */
    ORIGIN_LOSES_POWER(List.of("Resync begins", "Resync ends"), rig -> {
        rig.origin().losePower();
        rig.cycles(5);
        rig.origin().boot();
        rig.link(true);
        Acts.filled(rig, PairState.DELTA_SYNC, Direction.PULL);
        Acts.upToDate(rig);
    }),
    TARGET_LOSES_POWER(List.of("First divergence", "Resync begins", "Resync ends"), rig -> {
        rig.target().losePower();
        rig.clients.busyCycles(rig.origin(), 50);
        rig.target().boot();
        rig.link(true);
        Acts.upToDate(rig);
    });

    /** Headings under "Transitions, step by step". */
    final List<String> shows;
    private final Consumer<LifeRig> steps;

    Transition(final List<String> shows, final Consumer<LifeRig> steps) {
        this.shows = shows;
        this.steps = steps;
    }

    long size() {
        return 64 << 10;
    }

    long deviceSize() {
        return 2 * size();
    }

    int activeRegions() {
        return 4;
    }

    boolean isInStepBefore() {
        return true;
    }

    boolean endsInStep() {
        return true;
    }

    /** @param durable whether something became so in this cycle. */
    boolean isAStep(final boolean durable) {
        return durable;
    }

    /** What comes before the first step. */
    void prepare(final LifeRig rig) {
        rig.clients.busyUntil(rig.origin(), "up to date", () -> rig.origin().pair().state() == PairState.UP_TO_DATE);
        rig.clients.busyCycles(rig.origin(), 40);
    }

    void steps(final LifeRig rig) {
        steps.accept(rig);
    }

    /** What must be true as soon as power is back, before anybody gives a command. */
    void afterLoss(final LifeRig rig, final long step) {
        // Most are judged by how they heal.
    }
}
