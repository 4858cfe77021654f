package io.twintrack.engine.sim;

import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Refusal;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.pair.SideState;
import java.util.Arrays;
import java.util.Random;

/**
 * The faults are over: the wire is whole, disks that failed are replaced, nodes run. The pair has to come in step by
 * itself, but for what a person severed, what needs a person for a reason that happened, and two sides that went on
 * alone.
 */
final class Healing {
    private static final long LOOK_NS = 200 * SimClock.MILLI;
    private static final long BOUND_NS = 60 * SimClock.SECOND;

    private final World world;
    private final Random random;
    /** What older seeds do not know is drawn from here. */
    private final Random more;
    private final int kept;

    Healing(final World world, final Random random, final Random more) {
        this.world = world;
        this.random = random;
        this.more = more;
        kept = random.nextInt(2);
    }

    void heal() {
        world.wire.heal();
        for (final SimNode node : world.nodes) {
            node.data.heal();
            node.metadata.heal();
            node.data.recoverSectors();
            node.metadata.recoverSectors();
        }
        if (world.hasMoreFaults && more.nextBoolean()) {
            comeInStepUnderLoad();
        }
        comeInStep();
        if (world.hasMoreFaults) {
            probe();
        }
        if (random.nextBoolean()) {
            world.apply(new Step(Step.Kind.LOSE_POWER, 0, random.nextInt(2), 0));
            comeInStep();
        }
        if (world.isMaintained) {
            compare();
        }
        probe();
    }

    /** The first one that comes then finds everything as it should be, and leaves it so. */
    private void probe() {
        awaitCommands();
        if (isOver()) {
            new Probe(world).run(more);
            comeInStep();
        }
    }

    /** Clients go on as they please, but where they themselves are in the way. */
    private void comeInStepUnderLoad() {
        final long beganNs = world.clock.nowNs();
        final long endNs = beganNs + BOUND_NS;
        while (!world.sizes.areSettled() || isRecordFailed()) {
            if (isNoCopyLeft()) {
                return;
            }
            if (world.clock.nowNs() > endNs) {
                throw new Broken(Guarantee.HEALS, "not in step under load " + BOUND_NS / SimClock.SECOND
                    + " s after the faults were over; " + world.oracles.describe());
            }
            load();
            help();
            world.oracles.look();
        }
        world.coverage.count("pairs that came in step under load", world.clock.nowNs() > beganNs ? 1 : 0);
    }

    private void load() {
        final long endNs = world.clock.nowNs() + LOOK_NS;
        while (world.clock.nowNs() < endNs) {
            if (isInTheWay()) {
                world.detach();
            } else {
                world.apply(new Step(Step.Kind.ATTACH, 0, 0, 0));
                world.apply(new Step(FaultPlan.load(more), 0, 0, more.nextLong() >>> 1));
            }
            world.pass(more.nextInt(2000) * SimClock.MICRO);
        }
    }

    /** A person who has to choose a side, or to give one up, sends the clients away first. */
    private boolean isInTheWay() {
        for (final SimNode node : world.nodes) {
            final boolean isOverwritten = node.isRunning() && world.clients[node.index].isAttached()
                && node.pair().commands().status(node.clock.nowNs()).reason().contains(Refusal.PRIMARY_IN_USE.rule());
            if (isOverwritten) {
                world.causes.needsDetaching(node);
            }
            if (isOverwritten || node.isRunning() && node.pair().state() == PairState.DIVERGED) {
                return true;
            }
        }
        return false;
    }

    /** What the plan asked last may still go on, and a pair that it severed comes in step once more. */
    private void compare() {
        awaitCommands();
        if (isOver()) {
            new Comparison(world).run();
            // A record that could not be written any more may end it meanwhile.
            comeInStep();
        }
    }

    private void awaitCommands() {
        while (world.isCommandPending(world.nodes[0]) || world.isCommandPending(world.nodes[1])) {
            world.pass(LOOK_NS);
        }
        comeInStep();
    }

    private void comeInStep() {
        final long endNs = world.clock.nowNs() + BOUND_NS;
        while (!isOver()) {
            if (isNoCopyLeft()) {
                world.coverage.count("no whole copy left: a disk failed while its side was alone", 1);
                return;
            }
            if (world.clock.nowNs() > endNs) {
                throw new Broken(Guarantee.HEALS, "not in step " + BOUND_NS / SimClock.SECOND
                    + " s after the faults were over; " + world.oracles.describe());
            }
            world.pass(LOOK_NS);
            world.detach();
            if (!world.sizes.areSettled() || isRecordFailed()) {
                help();
            }
        }
        world.oracles.look();
        world.oracles.atTheEnd(world.inStepPrimary());
    }

    /** What a failing disk took is nobody's promise where the other side had been left behind before. */
    private boolean isNoCopyLeft() {
        boolean failed = false;
        for (final SimNode node : world.nodes) {
            final SideState side = node.known.sideState;
            if (side != SideState.INCONSISTENT && side != SideState.FAILED) {
                return false;
            }
            failed |= node.data.errors > 0;
        }
        return failed;
    }

    private boolean isOver() {
        return world.sizes.areSettled() && world.clients[0].isIdle() && world.clients[1].isIdle()
            && world.nodes[0].data.isIdle() && world.nodes[1].data.isIdle()
            && !isRecordFailed();
    }

    /** A pair whose record failed takes no changes and no commands until a person starts its node anew. */
    private boolean isRecordFailed() {
        return Arrays.stream(world.nodes).anyMatch(node -> node.isRunning() && node.store().isFailed());
    }

    /** What a person would do who looks at both nodes. */
    private void help() {
        for (final SimNode node : world.nodes) {
            if (node.life() == SimNode.Life.OFF) {
                node.start();
                return;
            }
            if (node.isLoadFailed()) {
                world.causes.needsNewStart(node);
                node.crash();
            }
            if (!node.isRunning() || world.isCommandPending(node)) {
                return;
            }
        }
        for (final SimNode node : world.nodes) {
            if (mend(node)) {
                return;
            }
        }
        if (world.nodes[0].known.role == Role.REDUNDANT && world.nodes[1].known.role == Role.REDUNDANT) {
            promoteOne();
            return;
        }
        for (final SimNode node : world.nodes) {
            if (node.known.role == Role.PRIMARY && decide(node)) {
                return;
            }
        }
    }

    private boolean mend(final SimNode node) {
        if (node.store().isFailed()) {
            world.causes.needsNewStart(node);
            node.crash();
            node.start();
            return true;
        }
        if (node.isForeign()) {
            world.causes.needsAcceptance(node);
            node.accept();
            return true;
        }
        if (node.known.sideState == SideState.FAILED) {
            world.causes.needsNewDisk(node);
            world.history.givenUp[node.index] = true;
            node.crash();
            node.replaceDisk();
            node.start();
            return true;
        }
        return false;
    }

    private boolean decide(final SimNode node) {
        if (node.pair().state() == PairState.DIVERGED) {
            world.causes.needsChoice(node);
            final boolean chosen = world.nodes[1 - node.index].known.sideState == SideState.INCONSISTENT;
            world.command(node, chosen ? Step.Kind.REESTABLISH
                : node.index == kept ? Step.Kind.KEEP_LOCAL : Step.Kind.KEEP_PEER);
            return true;
        }
        if (node.known.severedBy == SeveredBy.COMMAND || node.known.severedBy == SeveredBy.ERROR) {
            world.causes.needsReestablishment(node);
            world.command(node, Step.Kind.REESTABLISH);
            return true;
        }
        return false;
    }

    /** The one that may be promoted without force, else one that is whole. */
    private void promoteOne() {
        world.causes.needsPromotion();
        final int first = random.nextInt(2);
        for (int i = 0; i < 2; i++) {
            final SimNode node = world.nodes[(first + i) % 2];
            world.command(node, Step.Kind.PROMOTE);
        }
        world.pass(LOOK_NS);
        for (int i = 0; i < 2; i++) {
            final SimNode node = world.nodes[(first + i) % 2];
            if (world.nodes[1 - node.index].known.role == Role.REDUNDANT && node.isRunning()
                && node.known.sideState != SideState.INCONSISTENT && node.known.sideState != SideState.FAILED
                && node.known.role == Role.REDUNDANT) {
                world.command(node, Step.Kind.FORCE_PROMOTE);
                world.pass(LOOK_NS);
            }
        }
    }
}
