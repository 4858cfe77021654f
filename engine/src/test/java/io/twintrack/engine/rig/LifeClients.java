package io.twintrack.engine.rig;

import io.twintrack.engine.Status;
import io.twintrack.engine.hba.Hba;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.PairStatus;
import io.twintrack.engine.pair.SideState;
import io.twintrack.engine.rig.Ledger.Write;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;

/** What clients of a {@link LifeRig} ask for, and what the {@link Ledger} holds of the answers. */
public final class LifeClients {
    private final LifeRig rig;
    private long tags;
    private long answers;
    public long acknowledged;
    public long errors;

    LifeClients(final LifeRig rig) {
        this.rig = rig;
    }

    private int holdersNow(final LifeNode node) {
        final PairStatus status = node.status();
        if (status.state() != PairState.UP_TO_DATE) {
            return node.bit();
        }
        return status.side() == SideState.FAILED ? rig.nodes[1 - node.index].bit() : Ledger.BOTH;
    }

    private long[] lives() {
        return new long[] {rig.nodes[0].life, rig.nodes[1].life};
    }

    private int unbroken(final long[] lives) {
        return (lives[0] == rig.nodes[0].life ? 1 : 0) | (lives[1] == rig.nodes[1].life ? 2 : 0);
    }

    public long volumeSectors(final LifeNode node) {
        return node.volume().size() / Ledger.SECTOR;
    }

    /** A write of a client, or a zeroing, somewhere. */
    public void write(final LifeNode node) {
        final int last = (int) volumeSectors(node);
        final int track = LifeRig.TRACK / Ledger.SECTOR;
        // Few places, so that writes meet.
        final int from = rig.random.nextInt(8) * (last / 8 / track) * track + rig.random.nextInt(track);
        final int to = Math.min(last, from + 1 + rig.random.nextInt(2 * track));
        write(node, from, to, rig.random.nextInt(10) == 0, rig.random.nextInt(8) == 0);
    }

    public void write(final LifeNode node, final int from, final int to, final boolean zero, final boolean durable) {
        final int slot = node.slots.claim();
        if (slot < 0) {
            return;
        }
        final boolean alone = node.status().state() == PairState.SEVERED;
        final Write write = rig.ledger.begin(from, to, zero, alone ? node.bit() : Ledger.BOTH);
        final long tag = ++tags;
        node.asked.put(tag, new ClientRequest(slot, write, null, lives(), durable, from, to, answers));
        final int length = (to - from) * Ledger.SECTOR;
        Ledger.fill(write, new UnsafeBuffer(node.slots.address(slot), length));
        final Hba process = node.hba;
        final boolean taken = zero
            ? node.volume().zero((long) from * Ledger.SECTOR, length, true, durable,
                (t, status) -> onComplete(node, process, t, status), tag)
            : node.volume().write(node.slots.address(slot), length, (long) from * Ledger.SECTOR, durable,
                (t, status) -> onComplete(node, process, t, status), tag);
        if (!taken) {
            node.asked.remove(tag);
            node.slots.release(slot);
        }
    }

    public void flush(final LifeNode node) {
        final long tag = ++tags;
        final Hba process = node.hba;
        node.asked.put(tag, new ClientRequest(-1, null, rig.ledger.acknowledgedNow(), lives(), true, 0, 0, answers));
        if (!node.volume().flush((t, status) -> onComplete(node, process, t, status), tag)) {
            node.asked.remove(tag);
        }
    }

    /** Reads some sectors, and holds that they are none that a client may not see any more. */
    public void read(final LifeNode node) {
        final int slot = node.slots.claim();
        if (slot < 0) {
            return;
        }
        final int from = rig.random.nextInt((int) volumeSectors(node) - 16);
        final int to = from + 1 + rig.random.nextInt(16);
        final long tag = ++tags;
        final Hba process = node.hba;
        final ClientRequest op = new ClientRequest(slot, null, null, lives(), false, from, to, answers);
        node.asked.put(tag, op);
        if (!node.volume().read(node.slots.address(slot), (to - from) * Ledger.SECTOR, (long) from * Ledger.SECTOR,
            (t, status) -> onComplete(node, process, t, status), tag)) {
            node.asked.remove(tag);
            node.slots.release(slot);
        }
    }

    private void onComplete(final LifeNode node, final Hba process, final long tag, final Status status) {
        final ClientRequest op = node.hba == process ? node.asked.remove(tag) : null;
        if (op == null) {
            return;
        }
        answers += op.write() != null ? 1 : 0;
        if (status == Status.OK) {
            onDone(node, op);
        } else {
            errors++;
        }
        if (op.slot() >= 0) {
            node.slots.release(op.slot());
        }
    }

    private void onDone(final LifeNode node, final ClientRequest op) {
        final int holders = holdersNow(node) & unbroken(op.lives());
        if (op.write() != null) {
            acknowledged++;
            rig.ledger.acknowledged(op.write(), holders, op.durable());
        } else if (op.covers() != null) {
            rig.ledger.flushed(op.covers(), holders);
        } else if (op.answers() == answers) {
            // No write was answered meanwhile, so this must be what was answered last.
            rig.ledger.check(new UnsafeBuffer(node.slots.address(op.slot()), (op.to() - op.from()) * Ledger.SECTOR),
                op.from(), holdersNow(node), () -> "read by a client; " + rig.describe());
        }
    }

    /** One cycle, with something for the clients of this node to do. */
    public void busyCycle(final LifeNode node) {
        ask(node);
        rig.cycle();
    }

    private void ask(final LifeNode node) {
        if (node.clientsLeaveAt > rig.cycles()) {
            return;
        }
        if (node.isUp() && node.serves()) {
            node.attachClients();
            if (node.asked.size() < 4 && rig.random.nextInt(3) == 0) {
                final int dice = rig.random.nextInt(10);
                if (dice == 0) {
                    flush(node);
                } else if (dice < 3) {
                    read(node);
                } else {
                    write(node);
                }
            }
        }
    }

    /** As {@link #busyCycle(Node)}, for both rig.nodes. */
    public void busyCycle() {
        for (final LifeNode node : rig.nodes) {
            if (node.stopping && node.hba.isStopped()) {
                node.kill();
            }
        }
        if (!rig.mayFail()) {
            rig.nodes[0].data.failWrites(Status.OK);
            rig.nodes[1].data.failWrites(Status.OK);
        }
        ask(rig.nodes[0]);
        busyCycle(rig.nodes[1]);
    }

    public void busyCycles(final LifeNode node, final int count) {
        for (int i = 0; i < count; i++) {
            busyCycle(node);
        }
    }

    public void busyUntil(final LifeNode node, final String what, final BooleanSupplier condition) {
        for (int i = 0; i < 60_000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            busyCycle(node);
        }
        throw new AssertionError("never happened: " + what + "; " + rig.describe());
    }
}
