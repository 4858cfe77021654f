package io.twintrack.engine.rig;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.SideState;
import io.twintrack.engine.pair.SeveredBy;

/** After the storm: what comes back by itself, and the commands that a person would give. */
public final class LifeHealing {
    private final LifeRig rig;
    /** How often a person had to name the side to keep. */
    public int choices;

    LifeHealing(final LifeRig rig) {
        this.rig = rig;
    }

    /**
     * Power and link are there again; gives the commands that a person would give, until both sides are in step.
     *
     * @param keep whose data are kept when both went on alone.
     */
    public void heal(final int keep) {
        comeBack();
        for (int i = 0; i < 12 && !rig.isInStep(); i++) {
            for (int j = 0; j < 2500 && !rig.isInStep(); j++) {
                rig.cycle();
            }
            if (!rig.isInStep()) {
                help(keep);
            }
        }
        assertTrue(rig.isInStep(), () -> "it does not heal: " + rig.describe());
        rig.patient(false);
    }

    /** Power, disks and link are there again, and nobody has done anything else. */
    public void comeBack() {
        rig.cutAt(Long.MAX_VALUE);
        rig.patient(true);
        for (final LifeNode node : rig.nodes) {
            node.data.failWrites(Status.OK);
            node.data.failReads(-1, -1);
            if (node.stopping) {
                rig.until("node " + node.index + " stops", node.hba::isStopped);
                node.kill();
            }
            if (!node.isUp()) {
                node.boot();
            }
        }
        rig.link(true);
    }

    private void help(final int keep) {
        for (final LifeNode node : rig.nodes) {
            if (node.hasForeignDisk()) {
                node.acceptDisk();
                return;
            }
        }
        final LifeNode primary = rig.primary();
        if (primary == null) {
            promoteAny(keep);
            return;
        }
        final LifeNode other = rig.nodes[1 - primary.index];
        for (final LifeNode node : rig.nodes) {
            if (node.status().state() == PairState.DIVERGED) {
                giveUpOne(node, keep);
                return;
            }
        }
        for (final LifeNode node : rig.nodes) {
            if (node.status().side() == SideState.FAILED) {
                node.replaceDisk();
                node.boot();
                rig.link(true);
                node.acceptDisk();
                return;
            }
        }
        if (primary.status().severedBy() != SeveredBy.NONE) {
            rig.command(primary, (pair, result) -> pair.reestablish(Keep.NONE, result));
        } else if (primary.hasClients() || other.hasClients()) {
            primary.detachClients();
            other.detachClients();
        }
    }

    /** Nobody is primary: the side that its last primary released, or by force the one that a person thinks best. */
    private void promoteAny(final int keep) {
        for (final boolean force : new boolean[] {false, true}) {
            for (final int index : new int[] {keep, 1 - keep}) {
                if (rig.command(rig.nodes[index], (pair, result) -> pair.promote(force, result)).done()) {
                    if (force) {
                        rig.ledger.leftBehind(rig.nodes[1 - index].bit());
                    }
                    return;
                }
            }
        }
    }

    private void giveUpOne(final LifeNode seenBy, final int keep) {
        final LifeNode lost = rig.nodes[1 - keep];
        choices++;
        lost.detachClients();
        final CommandResult result = rig.command(seenBy,
            (pair, listener) -> pair.reestablish(seenBy.index == keep ? Keep.LOCAL : Keep.PEER, listener));
        if (result.done()) {
            rig.ledger.givenUp(lost.bit());
        }
    }
}
