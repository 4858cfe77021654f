package io.twintrack.engine.sim;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.pair.SideState;
import io.twintrack.engine.sim.Step.Kind;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * What really happened: commands, disks that failed, sides that took changes alone. Whenever a person has to help, or
 * a client's request fails, there must be a cause among these: guarantee 15.
 */
final class Causes {
    private static final long NEVER = Long.MIN_VALUE;
    /** What happened so long before both were in step may still come to light. */
    private static final long AFTERMATH_NS = 30 * SimClock.SECOND;
    /** In step for so long, a primary has to serve. */
    private static final long SERVES_NS = 5 * SimClock.SECOND;
    private static final Set<Kind> SEVERING = EnumSet.of(Kind.SEVER, Kind.KEEP_LOCAL, Kind.KEEP_PEER);
    private static final Set<Kind> GIVING_UP = EnumSet.of(Kind.DEMOTE, Kind.PROMOTE, Kind.FORCE_PROMOTE,
        Kind.KEEP_LOCAL, Kind.KEEP_PEER);

    private final World world;
    /** When each kind was last given or answered. */
    private final Map<Kind, Long> commandedNs = new EnumMap<>(Kind.class);
    private final boolean[] tookAlone = new boolean[2];
    private final long[] metadataErrors = new long[2];
    private final long[] endedNs = {NEVER, NEVER};
    private long lastCommandNs = NEVER;
    /** Since when both are in step, or when they came so the last time. */
    private long inStepNs = NEVER;
    private boolean isInStep;
    private long notServingNs = NEVER;
    /** When the wire did something to frames the last time. */
    private long wireNs = NEVER;

    Causes(final World world) {
        this.world = world;
    }

    void commanded(final Kind kind) {
        lastCommandNs = world.clock.nowNs();
        commandedNs.put(kind, lastCommandNs);
    }

    void onStarted(final SimNode node) {
        endedNs[node.index] = world.clock.nowNs();
    }

    void onLoading(final SimNode node) {
        metadataErrors[node.index] = node.metadata.errors;
    }

    void onEnded(final SimNode node) {
        endedNs[node.index] = world.clock.nowNs();
    }

    void onAnsweredAlone(final SimNode node) {
        tookAlone[node.index] = true;
    }

    void afterCycle(final int primary) {
        final long nowNs = world.clock.nowNs();
        if (primary >= 0 && !isInStep) {
            inStepNs = nowNs;
            tookAlone[0] = false;
            tookAlone[1] = false;
        }
        isInStep = primary >= 0;
        wireNs = world.wire.isWhole() ? wireNs : nowNs;
        serves(primary);
    }

    private void serves(final int primary) {
        final boolean waits = primary >= 0 && !world.isCommandPending(world.nodes[0])
            && !world.isCommandPending(world.nodes[1])
            && world.nodes[primary].pair().volume().serving() != Status.OK;
        if (!waits) {
            notServingNs = NEVER;
        } else if (notServingNs == NEVER) {
            notServingNs = world.clock.nowNs();
        } else if (world.clock.nowNs() - notServingNs > SERVES_NS) {
            throw new Broken(Guarantee.SERVES, "both sides are in step, and node " + primary + " answers "
                + world.nodes[primary].pair().volume().serving() + "; " + world.oracles.describe());
        }
    }

    private boolean isRecent(final long ns) {
        return ns != NEVER && (inStepNs == NEVER || ns >= inStepNs - AFTERMATH_NS);
    }

    private boolean wasCommanded(final Set<Kind> kinds) {
        return kinds.stream().anyMatch(kind -> isRecent(commandedNs.getOrDefault(kind, NEVER)));
    }

    private boolean hasAnyDiskErred() {
        return isRecent(world.nodes[0].data.erredNs) || isRecent(world.nodes[1].data.erredNs)
            || isRecent(world.nodes[0].metadata.erredNs) || isRecent(world.nodes[1].metadata.erredNs);
    }

    private void need(final boolean happened, final String help, final SimNode node) {
        world.coverage.helped(help);
        if (!happened) {
            throw new Broken(Guarantee.HEALS, "a person has to help, and nothing happened that asks for one: node "
                + node.index + ": " + help + "; " + world.oracles.describe());
        }
    }

    /** Its record cannot be read or written any more. */
    void needsNewStart(final SimNode node) {
        need(node.metadata.errors > metadataErrors[node.index], "start it anew, its record failed", node);
    }

    void needsAcceptance(final SimNode node) {
        need(node.replacedNs != NEVER, "accept its disk", node);
    }

    void needsNewDisk(final SimNode node) {
        need(node.data.failedChanges > 0, "replace its disk", node);
    }

    void needsPromotion() {
        need(wasCommanded(GIVING_UP), "promote a side", world.nodes[0]);
    }

    /** Two sides went on alone by command, or as one of the disks failed. */
    void needsChoice(final SimNode node) {
        final String changes = tookAlone[0] && tookAlone[1] ? "both sides took changes" : "not both sides took changes";
        need(wasCommanded(EnumSet.of(Kind.FORCE_PROMOTE)) || hasAnyDiskErred(), "choose a side, " + changes, node);
    }

    void needsReestablishment(final SimNode node) {
        final boolean byCommand = node.known.severedBy == SeveredBy.COMMAND;
        need(byCommand ? wasCommanded(SEVERING) : hasAnyDiskErred(), "re-establish, severed by "
            + node.known.severedBy, node);
    }

    /** A client keeps a side from being filled. */
    void needsDetaching(final SimNode node) {
        need(wasCommanded(EnumSet.allOf(Kind.class)) || hasAnyDiskErred(), "detach its clients", node);
    }

    /** A client's request failed. @param wasInStep when it began. */
    void onFailed(final SimNode node, final String what, final Status status, final long beganNs,
        final boolean wasInStep) {
        final boolean isForced = lastCommandNs >= beganNs || world.isCommandPending(world.nodes[0])
            || world.isCommandPending(world.nodes[1]) || node.life() == SimNode.Life.STOPPING;
        final boolean isDue = isForced || hasAnyDiskErred() || hasFailedBefore();
        if (!isDue || wasInStep && !isForced && isServedByOther(node, beganNs)) {
            throw new Broken(Guarantee.SERVES, what + " at node " + node.index + " was answered " + status
                + (isDue ? ", and the other side could serve; " : ", and nothing failed; ")
                + world.oracles.describe());
        }
    }

    /** What failed earlier may have been recorded, and nobody has mended it yet. */
    private boolean hasFailedBefore() {
        for (final SimNode node : world.nodes) {
            if (node.known.sideState == SideState.FAILED || node.known.peerSideState == SideState.FAILED
                || node.store() != null && node.store().isFailed()) {
                return true;
            }
        }
        return false;
    }

    /** In step when it began, a wire that did nothing to frames, and errors of this node's data disk alone. */
    private boolean isServedByOther(final SimNode node, final long beganNs) {
        final SimNode other = world.nodes[1 - node.index];
        return world.wire.isWhole() && wireNs < beganNs && inStepNs < beganNs && endedNs[other.index] < beganNs
            && other.data.erredNs < inStepNs && other.metadata.erredNs < inStepNs && node.metadata.erredNs < inStepNs
            && other.isRunning() && other.known.role == Role.REDUNDANT;
    }
}
