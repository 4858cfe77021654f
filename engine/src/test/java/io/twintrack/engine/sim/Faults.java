package io.twintrack.engine.sim;

import io.twintrack.engine.pair.Mode;
import java.util.Random;

/**
 * Carries out the steps that are not load. It keeps a good copy where data must survive: a disk begins to fail, or is
 * replaced, only while the other side is whole and in step, and only one disk fails at a time. Power may be lost on
 * both sides, since what was flushed survives that.
 */
final class Faults {
    private static final long NOTICED_NS = 10 * SimClock.SECOND;
    private static final int[] BANDWIDTHS = {0, 100_000, 20_000, 5_000};

    private final World world;

    Faults(final World world) {
        this.world = world;
    }

    /** @return whether it fitted. */
    boolean apply(final Step step, final SimNode node) {
        final SimNode other = world.nodes[1 - step.node()];
        return switch (step.kind()) {
            case CRASH -> end(node, node::crash);
            case LOSE_POWER -> end(node, () -> losePower(node));
            case LOSE_POWER_BOTH -> end(node, () -> losePower(node)) | end(other, () -> losePower(other));
            case STOP -> stop(node);
            case START -> start(node) | step.value() % 2 == 0 && start(other);
            case SLOW_DISK -> slow(step.value() % 2 == 0 ? node.data : node.metadata, step.value());
            case FAIL_READS, FAIL_WRITES, FAIL_FLUSHES, FAIL_METADATA -> failDisk(step, node);
            case MEND_DISKS -> mendDisks();
            case REPLACE_DISK -> replaceDisk(node);
            case DECAY -> world.rot.begin(node, step.value());
            case ACCEPT_DISK -> acceptDisk(node);
            case SEVER, REESTABLISH, KEEP_LOCAL, KEEP_PEER, PROMOTE, FORCE_PROMOTE, DEMOTE, VERIFY, REPAIR, RESIZE ->
                command(step, node);
            case FAIL_METADATA_READS, FAIL_METADATA_FLUSHES, FAIL_ONCE, BAD_SECTOR, MISDIRECT ->
                spoilDisk(step, node);
            case CLOCK_JUMP -> leap(step, node);
            default -> wire(step);
        };
    }

    /** What fails once or cannot be read counts as failing for as long as nobody can have noticed. */
    private boolean spoilDisk(final Step step, final SimNode node) {
        if (!isGoodCopyBeside(node)) {
            return false;
        }
        final boolean isData = step.value() % 4 > 0;
        final Random draw = new Random(step.value());
        switch (step.kind()) {
            case FAIL_METADATA_READS -> node.metadata.failReads = true;
            case FAIL_METADATA_FLUSHES -> node.metadata.failDurableWrites = true;
            case FAIL_ONCE -> (isData ? node.data : node.metadata).failOnce(isData ? draw.nextInt(3) : 1);
            case BAD_SECTOR -> (isData ? node.data : node.metadata).spoil(isData ? world.hotSector(draw)
                : draw.nextInt((int) node.metadata.size() / Stamp.SECTOR));
            default -> node.data.misdirectOnce();
        }
        return true;
    }

    private static boolean leap(final Step step, final SimNode node) {
        node.clock.jump((1 + step.value() % 50) * (1 + step.value() / 50 % 100) * SimClock.MILLI);
        return true;
    }

    private static boolean end(final SimNode node, final Runnable how) {
        if (node.life() == SimNode.Life.OFF) {
            return false;
        }
        how.run();
        return true;
    }

    private void losePower(final SimNode node) {
        node.losePower();
        if (world.mode == Mode.LOCAL) {
            world.history.followerLoses(node.index);
        }
        world.history.powerLost(node.index);
    }

    private boolean stop(final SimNode node) {
        if (!node.isRunning()) {
            return false;
        }
        world.clients[node.index].detach();
        node.stop();
        return true;
    }

    private static boolean start(final SimNode node) {
        if (node.life() != SimNode.Life.OFF) {
            return false;
        }
        node.start();
        return true;
    }

    private static boolean slow(final SimDisk disk, final long value) {
        disk.slowness = (int) (1 + value / 2 % 100);
        return true;
    }

    private boolean failDisk(final Step step, final SimNode node) {
        if (!isGoodCopyBeside(node)) {
            return false;
        }
        switch (step.kind()) {
            case FAIL_READS -> node.data.failReads = true;
            case FAIL_WRITES -> node.data.failWrites = true;
            case FAIL_FLUSHES -> node.data.failFlushes = true;
            default -> node.metadata.failWrites = true;
        }
        return true;
    }

    private boolean isGoodCopyBeside(final SimNode node) {
        final SimNode other = world.nodes[1 - node.index];
        return world.inStepPrimary() >= 0 && world.history.whole[other.index] && !isFailing(other)
            && !isFailing(node);
    }

    /** A person takes the disk out and puts another one in, that was used before. */
    private boolean replaceDisk(final SimNode node) {
        if (!isGoodCopyBeside(node)) {
            return false;
        }
        node.crash();
        node.replaceDisk();
        world.history.replaced(node.index);
        return true;
    }

    private static boolean acceptDisk(final SimNode node) {
        if (!node.isRunning() || !node.isForeign()) {
            return false;
        }
        node.accept();
        return true;
    }

    private boolean isFailing(final SimNode node) {
        // What failed a moment ago may not be in the record yet, and the side counts as a good copy.
        final boolean justFailed = world.hasMoreFaults
            && Math.max(node.data.erredNs, node.metadata.erredNs) > world.clock.nowNs() - NOTICED_NS;
        return node.data.isFailing() || node.metadata.isFailing() || justFailed;
    }

    private boolean mendDisks() {
        for (final SimNode node : world.nodes) {
            node.data.heal();
            node.metadata.heal();
        }
        return true;
    }

    private boolean command(final Step step, final SimNode node) {
        if (!node.isRunning() || world.isCommandPending(node)) {
            return false;
        }
        world.command(node, step.kind(), step.value());
        return true;
    }

    private boolean wire(final Step step) {
        final SimWire wire = world.wire;
        final int amount = (int) new Random(step.value()).nextInt(4);
        switch (step.kind()) {
            case CUT -> {
                wire.cut[0] = true;
                wire.cut[1] = true;
            }
            case CUT_ONE_WAY -> wire.cut[step.node()] = true;
            case MEND_WIRE -> wire.heal();
            case BLIP -> wire.blip(step.node());
            case LOSS -> wire.loss = amount * amount * 10;
            case REPETITION -> wire.repetition = amount * 30;
            case REORDER -> wire.reorder = amount * 30;
            case DAMAGE -> wire.damage = amount * 10;
            case BANDWIDTH -> wire.bandwidth = BANDWIDTHS[amount];
            case SLOW_WIRE -> wire.slowness = 1 + amount * 20;
            default -> throw new IllegalArgumentException(step.toString());
        }
        return true;
    }
}
