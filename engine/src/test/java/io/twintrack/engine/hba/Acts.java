package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.ResyncStatus;
import io.twintrack.engine.pair.ResyncStatus.Direction;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SideState;
import io.twintrack.engine.rig.Ledger;
import io.twintrack.engine.rig.LifeRig;
import io.twintrack.engine.rig.LifeNode;

/** What happens to a pair, and what a person does about it, as the steps of a {@link Transition}. */
final class Acts {
    private Acts() {
    }

    static void upToDate(final LifeRig rig) {
        upToDate(rig, rig.origin());
    }

    static void upToDate(final LifeRig rig, final LifeNode primary) {
        // Refused attempts are repeated once a second.
        for (int i = 0; i < 10_000 && primary.pair().state() != PairState.UP_TO_DATE; i++) {
            rig.patient(i > 300);
            rig.clients.busyCycle(primary);
        }
        rig.patient(false);
        assertEquals(PairState.UP_TO_DATE, primary.pair().state(), rig::describe);
        rig.clients.busyCycles(primary, 10);
    }

    static void severed(final LifeRig rig) {
        rig.clients.busyUntil(rig.origin(), "severed", () -> rig.origin().pair().state() == PairState.SEVERED);
        rig.clients.busyCycles(rig.origin(), 30);
    }

    /** A track at each of these bytes, one after the other, and a flush. */
    static void writeInTurn(final LifeRig rig, final long... offsets) {
        for (final long offset : offsets) {
            final int from = (int) (offset / Ledger.SECTOR);
            rig.clients.write(rig.origin(), from, from + LifeRig.TRACK / Ledger.SECTOR, false, false);
            rig.until("written", () -> rig.origin().outstanding() == 0);
        }
        rig.clients.flush(rig.origin());
        rig.until("flushed", () -> rig.origin().outstanding() == 0);
    }

    static void stopAndStart(final LifeRig rig) {
        rig.origin().detachClients();
        rig.origin().stop();
        rig.until("stopped", rig.origin().hba::isStopped);
        rig.origin().kill();
        rig.cycles(5);
        rig.origin().boot();
        rig.link(true);
    }

    /** Into this state, and that way. */
    static void filled(final LifeRig rig, final PairState state, final Direction direction) {
        rig.patient(true);
        rig.until("a resync", () -> rig.origin().pair().state() == state);
        rig.patient(false);
        final ResyncStatus resync = rig.origin().status().resync();
        assertEquals(direction, resync.direction(), rig::describe);
    }

    static void replaceDisk(final LifeRig rig, final LifeNode node) {
        rig.clients.busyCycles(rig.origin(), 20);
        newDisk(rig, node);
        filled(rig, PairState.FULL_SYNC, node == rig.origin() ? Direction.PULL : Direction.PUSH);
        upToDate(rig);
    }

    static void newDisk(final LifeRig rig, final LifeNode node) {
        node.replaceDisk();
        rig.cycles(20);
        node.boot();
        rig.link(true);
        rig.cycles(5);
        assertTrue(node.hasForeignDisk());
        final CommandResult accepted = node.acceptDisk();
        assertTrue(accepted.done(), accepted::toString);
    }

    /** Both sides take writes of their own, and then meet. */
    static void diverge(final LifeRig rig) {
        rig.cut();
        severed(rig);
        rig.done(rig.target(), (pair, result) -> pair.promote(true, result));
        rig.clients.busyCycles(rig.target(), 60);
        rig.nodes[0].detachClients();
        rig.nodes[1].detachClients();
        rig.link(true);
        rig.patient(true);
        for (final LifeNode node : rig.nodes) {
            rig.until("diverged", () -> node.pair().state() == PairState.DIVERGED);
        }
        rig.patient(false);
    }

    static void keep(final LifeRig rig, final Keep which) {
        final LifeNode kept = which == Keep.LOCAL ? rig.origin() : rig.target();
        // Refused while an attempt is under way, which is once a second.
        CommandResult result = null;
        for (int i = 0; i < 100 && (result == null || !result.done()); i++) {
            rig.clients.busyCycles(kept, 10);
            result = rig.command(rig.origin(), kept, (pair, listener) -> pair.reestablish(which, listener));
        }
        assertTrue(result.done(), result::toString);
        rig.ledger.givenUp(other(rig, kept).bit());
        upToDate(rig, kept);
    }

    private static LifeNode other(final LifeRig rig, final LifeNode node) {
        return rig.nodes[1 - node.index];
    }

    /** One side was given up, and nobody needs to say so again; or both are as they were, and either can be kept. */
    static void decided(final LifeRig rig, final LifeNode kept, final long step) {
        final LifeNode lost = other(rig, kept);
        final PairState seen = kept.pair().state();
        if (lost.status().side() == SideState.INCONSISTENT) {
            rig.ledger.givenUp(lost.bit());
        } else if (seen != PairState.UP_TO_DATE && lost.status().role() == kept.status().role()) {
            rig.until("diverged still", () -> rig.origin().pair().state() == PairState.DIVERGED);
            rig.checkSide(kept, "before a choice");
            rig.checkSide(lost, "before a choice");
            rig.healing.heal((int) (step % 2));
            return;
        }
        rig.healing.choices = 0;
        rig.healing.heal(kept.index);
        assertEquals(0, rig.healing.choices, "it was decided already");
    }

    static void delete(final LifeRig rig) {
        rig.clients.busyUntil(rig.origin(), "something on its way", () -> rig.origin().outstanding() > 1);
        final long errors = rig.clients.errors;
        rig.origin().letClientsGo();
        final boolean[] done = {false};
        rig.origin().delete(false, result -> done[0] = result.done());
        rig.until("deleted", () -> done[0]);
        assertEquals(0, rig.origin().outstanding(), "what clients had asked is answered before");
        assertEquals(errors, rig.clients.errors, "and answered well");
        assertTrue(rig.origin().forgot && rig.target().forgot, "on both sides");
        rig.cycles(20);
    }

    /** A side has the pair as it was, or not at all; in neither case did its disk lose anything. */
    static void deleteWhatIsLeft(final LifeRig rig) {
        rig.nodes[0].detachClients();
        rig.nodes[1].detachClients();
        // A deletion that was told to the side with power goes on.
        rig.cycles(200);
        if (!rig.origin().forgot && !rig.target().forgot) {
            rig.healing.heal(LifeRig.ORIGIN);
            rig.check("there on both sides");
        }
        for (final LifeNode node : rig.nodes) {
            rig.checkSide(node, "deleted on some");
            final boolean[] done = {node.forgot};
            if (!node.forgot && !(node.pair().role() == Role.REDUNDANT
                && rig.isInStep())) {
                node.delete(false, result -> done[0] = result.done());
                rig.until("deleted at last", () -> done[0]);
            }
        }
        for (final LifeNode node : rig.nodes) {
            assertTrue(node.forgot, rig::describe);
            rig.checkSide(node, "deleted on both");
        }
    }
}
