package io.twintrack.engine.sim;

import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.SeveredBy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What persons ask of the nodes; the history hears of the commands that give up data. */
final class Commands {
    /** One that was given and not answered yet. */
    private record Waiting(Step.Kind kind, SimNode node, long sinceNs) {
    }

    private final World world;
    private final List<Waiting> waiting = new ArrayList<>();

    Commands(final World world) {
        this.world = world;
    }

    void give(final SimNode node, final Step.Kind kind, final long value) {
        final History history = world.history;
        final boolean wasApart = history.isApart();
        final boolean[] wereGivenUp = history.givenUp.clone();
        final Waiting entry = new Waiting(kind, node, world.clock.nowNs());
        waiting.add(entry);
        final int givenUp = kind == Step.Kind.KEEP_LOCAL ? 1 - node.index : kind == Step.Kind.KEEP_PEER ? node.index
            : -1;
        if (givenUp >= 0) {
            history.givenUp[givenUp] = true;
        }
        if (kind == Step.Kind.FORCE_PROMOTE) {
            history.wentApart();
        }
        world.oracles.onCommanded(node, kind, false);
        world.causes.commanded(kind);
        ask(node, kind, value, result -> {
            waiting.remove(entry);
            world.causes.commanded(kind);
            world.log.say("node " + node.index + " answers " + kind + ": " + result.done() + ' ' + result.what());
            if (!result.done() && givenUp >= 0 && !wereGivenUp[givenUp]) {
                history.givenUp[givenUp] = false;
            }
            final boolean inGoodOrder = node.store().superblock().severedBy == SeveredBy.NONE;
            if (kind == Step.Kind.FORCE_PROMOTE && !wasApart && (!result.done() || inGoodOrder)) {
                history.together();
            }
            if (result.done()) {
                world.oracles.onCommanded(node, kind, true);
                world.coverage.commanded(kind);
            }
        });
    }

    private void ask(
        final SimNode node, final Step.Kind kind, final long value, final Consumer<CommandResult> result) {
        switch (kind) {
            case SEVER -> node.pair().commands().sever(result::accept);
            case REESTABLISH -> node.pair().commands().reestablish(Keep.NONE, result::accept);
            case KEEP_LOCAL -> node.pair().commands().reestablish(Keep.LOCAL, result::accept);
            case KEEP_PEER -> node.pair().commands().reestablish(Keep.PEER, result::accept);
            case PROMOTE -> node.pair().commands().promote(false, result::accept);
            case FORCE_PROMOTE -> node.pair().commands().promote(true, result::accept);
            case DEMOTE -> node.pair().commands().demote(result::accept);
            case RESIZE -> node.pair().commands().resize(World.sizeOf(value), result::accept);
            case REPAIR -> node.pair().commands().repair(world.rot.goodRole(node, value), result::accept);
            case VERIFY -> node.pair().commands().verify(result::accept);
            default -> throw new IllegalArgumentException(kind.toString());
        }
    }

    boolean isPending(final SimNode node) {
        return waiting.stream().anyMatch(one -> one.node == node);
    }

    /** Nobody answers any more. */
    void onEnded(final SimNode node) {
        for (final Waiting one : waiting) {
            if (one.node == node) {
                world.causes.commanded(one.kind);
            }
        }
        waiting.removeIf(one -> one.node == node);
    }

    void checkHangs() {
        for (int i = 0; i < waiting.size(); i++) {
            final Waiting one = waiting.get(i);
            if (one.sinceNs < world.clock.nowNs() - World.HANG_NS) {
                throw new Broken(Guarantee.NO_HANG, "a command does not end: " + one.kind + " at node "
                    + one.node.index + "; " + world.oracles.describe());
            }
        }
    }
}
