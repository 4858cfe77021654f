package io.twintrack.engine.pair;

import static io.twintrack.engine.pair.ModelSide.BLOCKS;
import static io.twintrack.engine.pair.ModelSide.BLOCKS_PER_REGION;
import static io.twintrack.engine.pair.ModelSide.REGIONS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.pair.Decision.Demotion;
import io.twintrack.engine.pair.Decision.Direction;
import io.twintrack.engine.pair.Decision.Outcome;
import java.util.Arrays;
import java.util.Random;

/**
 * Two sides of a pair that live through everything that can happen to them, one durable step at a time, and obey the
 * {@link DecisionTable}. A request that is on its way lies on the primary and not yet on the other side.
 */
final class ModelPair {
    /** What a session is about. RESYNC is carried out step by step, so that anything may come between. */
    private enum Session {
        NONE, IN_STEP, RESYNC
    }

    /** The step after which requests go to both sides. */
    private static final int NOTED = 2;

    private final Random random;
    private final ModelWrites writes = new ModelWrites();
    private final ModelSide[] sides = new ModelSide[2];
    /** By side and block: the write that waits for the other side, or 0. */
    private final int[][] pending = new int[2][BLOCKS];
    private final int[] outcomes;
    private final boolean calm;
    private final boolean local;
    private Session session = Session.NONE;
    private boolean link = true;
    private long generations;
    private Decision resync;
    private ModelSide primary;
    private ModelSide source;
    private ModelSide sink;
    private int step;

    ModelPair(final Random random, final int[] outcomes) {
        this.random = random;
        this.outcomes = outcomes;
        this.calm = random.nextBoolean();
        this.local = random.nextInt(4) == 0;
        final Mode mode = local ? Mode.LOCAL : Mode.DISK;
        sides[0] = new ModelSide(0, Role.PRIMARY, mode, next());
        sides[1] = new ModelSide(1, Role.REDUNDANT, mode, Generation.NONE);
        sides[0].fresh = true;
        sides[1].fresh = true;
        sides[1].state = random.nextBoolean() ? SideState.INCONSISTENT : SideState.CONSISTENT;
    }

    private Generation next() {
        return new Generation(0, ++generations);
    }

    private ModelSide other(final ModelSide side) {
        return sides[1 - side.index];
    }

    private ModelSide any() {
        return sides[random.nextInt(2)];
    }

    /** Some histories have long quiet times, in which both sides come in step. */
    void event() {
        final ModelSide side = any();
        switch (random.nextInt(calm ? 100 : 26)) {
            case 0, 1, 2, 3, 4 -> write(side);
            case 5 -> flush(side);
            case 6 -> link(!link || random.nextBoolean());
            case 7 -> crash(side, false);
            case 8 -> crash(side, true);
            case 9, 10 -> start(side);
            case 11 -> severIfCutOff(side);
            case 12 -> goOnByForce(side);
            case 13 -> demote(side);
            case 14 -> stop(side);
            case 15 -> damage(side);
            case 16 -> replaceDisk(side);
            case 17 -> swap(side);
            case 18 -> split();
            default -> {
                meet();
                write(side);
            }
        }
    }

    // Requests

    private boolean isAlone(final ModelSide side) {
        return !side.base.isNone() && side.peerState == SideState.OUTDATED;
    }

    private boolean inSession(final ModelSide side) {
        return side == primary && (session == Session.IN_STEP || session == Session.RESYNC && step > NOTED);
    }

    private void write(final ModelSide side) {
        final int block = random.nextInt(BLOCKS);
        if (!side.serving || !side.clients || pending[side.index][block] != 0) {
            return;
        }
        side.intent[block / BLOCKS_PER_REGION] = true;
        final int write = writes.next(side.content[block]);
        side.content[block] = write;
        if (!inSession(side) && isAlone(side)) {
            side.tracks[block] = true;
            acknowledge(write, other(side));
            return;
        }
        pending[side.index][block] = write;
        if (local) {
            acknowledge(write, other(side));
        }
        if (inSession(side) && random.nextBoolean()) {
            deliver(side);
        }
    }

    private void acknowledge(final int write, final ModelSide notOn) {
        writes.acknowledge(write);
        writes.lose(notOn.index, write);
    }

    /** All requests on their way reach the other side and are answered. */
    private void deliver(final ModelSide side) {
        final int[] onTheirWay = pending[side.index];
        final ModelSide peer = other(side);
        for (int block = 0; block < BLOCKS; block++) {
            if (onTheirWay[block] != 0) {
                peer.content[block] = onTheirWay[block];
                writes.acknowledge(onTheirWay[block]);
                if (peer.state == SideState.INCONSISTENT) {
                    writes.lose(peer.index, onTheirWay[block]);
                }
                onTheirWay[block] = 0;
            }
        }
    }

    /** They end with an error, which marks their tracks. */
    private void fail(final ModelSide side) {
        for (int block = 0; block < BLOCKS; block++) {
            side.tracks[block] |= pending[side.index][block] != 0;
        }
        Arrays.fill(pending[side.index], 0);
    }

    private void flush(final ModelSide side) {
        if (!side.serving || !inSession(side) && !isAlone(side)) {
            return;
        }
        side.flush();
        if (inSession(side) && local && random.nextBoolean()) {
            writes.flush(side.content);
            return;
        }
        if (inSession(side)) {
            deliver(side);
            side.flush();
            other(side).flush();
        }
        writes.flush(side.content);
        side.saveTracks();
        for (int region = 0; region < REGIONS; region++) {
            side.intent[region] &= random.nextInt(4) == 0;
        }
    }

    // What goes wrong

    private void link(final boolean up) {
        link = up;
        if (!up) {
            sessionEnds();
        }
    }

    /** What was copied since both disks were flushed is marked again, before anything writes the marks. */
    private void sessionEnds() {
        if (session == Session.RESYNC) {
            for (int block = 0; block < BLOCKS; block++) {
                primary.tracks[block] |= primary.durableTracks[block];
            }
        }
        session = Session.NONE;
    }

    private void crash(final ModelSide side, final boolean powerLost) {
        if (powerLost) {
            writes.losePower(side.index);
            side.losePower(random);
        }
        side.crash();
        Arrays.fill(pending[side.index], 0);
        sessionEnds();
    }

    private void start(final ModelSide side) {
        if (!side.up) {
            side.start();
        }
    }

    private void damage(final ModelSide side) {
        if (!side.up && random.nextInt(4) == 0) {
            side.fullCompare = true;
            side.state = side.state == SideState.UP_TO_DATE ? SideState.CONSISTENT : side.state;
        }
    }

    private void replaceDisk(final ModelSide side) {
        if (session != Session.IN_STEP || random.nextInt(4) > 0) {
            return;
        }
        final ModelSide left = other(side);
        deliver(primary);
        if (left == primary) {
            left.goAlone(next());
        } else {
            left.remember(left.current);
            left.current = next();
            left.peerState = SideState.FAILED;
        }
        writes.goOnWith(left.index);
        sessionEnds();
        Arrays.fill(side.content, 0);
        side.flush();
        side.clearMarks();
        side.serving = false;
        side.clients = false;
        side.fresh = true;
        side.state = SideState.INCONSISTENT;
        side.current = Generation.NONE;
        side.base = Generation.NONE;
        side.syncGeneration = Generation.NONE;
    }

    // What operators and time-outs do

    private void severIfCutOff(final ModelSide side) {
        if (session == Session.NONE && side.serving && side.clients) {
            goOn(side);
        }
    }

    private void goOn(final ModelSide side) {
        final boolean already = isAlone(side);
        side.goAlone(next());
        for (int block = 0; block < BLOCKS; block++) {
            if (pending[side.index][block] != 0) {
                side.tracks[block] = true;
                acknowledge(pending[side.index][block], other(side));
            }
        }
        Arrays.fill(pending[side.index], 0);
        if (!already) {
            writes.goOnWith(side.index);
        }
    }

    /** A redundant side is promoted, or a primary that restarted may serve, without the other one. */
    private void goOnByForce(final ModelSide side) {
        if (session != Session.NONE || !side.up || side.serving || !isWhole(side) || random.nextInt(3) > 0) {
            return;
        }
        promote(side);
    }

    private static boolean isWhole(final ModelSide side) {
        return side.state != SideState.INCONSISTENT && !side.current.isNone();
    }

    /** A cut cable, and somebody promotes the other side while clients go on on this one. */
    private void split() {
        if (session == Session.IN_STEP && random.nextInt(4) == 0) {
            link(false);
            severIfCutOff(primary);
            promote(other(primary));
        }
    }

    private void promote(final ModelSide side) {
        writes.giveUpWhatWentWithPower(side.index);
        writes.goOnWith(side.index);
        side.role = Role.PRIMARY;
        side.goAlone(next());
        side.serve(random.nextInt(4) > 0);
    }

    private void demote(final ModelSide side) {
        if (session == Session.NONE && side.up && side.isPrimary() && !side.clients) {
            fail(side);
            side.demote();
        }
    }

    /** Both are in step: the other one becomes the primary. The node may die between the two steps. */
    private void swap(final ModelSide side) {
        if (session != Session.IN_STEP || side != primary || random.nextInt(3) > 0) {
            return;
        }
        flushAndRetire(side);
        side.demote();
        primary = null;
        sessionEnds();
        if (random.nextInt(3) > 0) {
            other(side).role = Role.PRIMARY;
            other(side).servingMark = true;
        }
    }

    private void flushAndRetire(final ModelSide side) {
        deliver(side);
        side.flush();
        other(side).flush();
        writes.flush(side.content);
        side.saveTracks();
        Arrays.fill(side.intent, false);
    }

    private void stop(final ModelSide side) {
        if (!side.up) {
            return;
        }
        if (inSession(side) && side.serving) {
            flushAndRetire(side);
        } else if (isAlone(side) && side.serving) {
            side.flush();
            writes.flush(side.content);
            side.saveTracks();
            Arrays.fill(side.intent, false);
        } else {
            sessionEnds();
            fail(side);
            side.flush();
            side.saveTracks();
        }
        side.servingMark = false;
        side.crash();
        sessionEnds();
    }

    // What happens when they meet

    void meet() {
        if (session == Session.RESYNC) {
            resyncStep();
        } else if (session == Session.NONE && link && sides[0].up && sides[1].up) {
            final ModelSide one = any();
            attach(one.isPrimary() ? one : other(one));
        }
    }

    private void attach(final ModelSide own) {
        final ModelSide peer = other(own);
        final Decision decision = DecisionTable.decide(own.view(), peer.view());
        outcomes[decision.outcome().ordinal()]++;
        if (peer.isPrimary()) {
            expectTheSameFrom(peer, decision);
        }
        switch (decision.outcome()) {
            case NOTHING -> inStep(own);
            case DELTA, FULL -> copyOrDemote(own, decision);
            case DIVERGED -> keepOne();
            case REFUSED -> refused(own, decision.refusal());
            default -> throw new AssertionError(decision);
        }
    }

    private void expectTheSameFrom(final ModelSide peer, final Decision decision) {
        if (!other(peer).isPrimary()) {
            return;
        }
        final Decision theirs = DecisionTable.decide(peer.view(), other(peer).view());
        assertEquals(decision.outcome(), theirs.outcome());
        final Demotion mirrored = decision.demotion() == Demotion.OWN ? Demotion.PEER
            : decision.demotion() == Demotion.PEER ? Demotion.OWN : Demotion.NONE;
        assertEquals(mirrored, theirs.demotion());
    }

    private void inStep(final ModelSide own) {
        primary = own;
        final ModelSide peer = other(own);
        deliver(own);
        assertArrayEquals(own.content, peer.content, "nothing to do, but the bytes differ");
        own.noteLives(peer);
        if (random.nextInt(8) == 0) {
            return;
        }
        peer.noteLives(own);
        becomeInStep(own);
    }

    private void becomeInStep(final ModelSide own) {
        final ModelSide peer = other(own);
        own.state = SideState.UP_TO_DATE;
        own.peerState = SideState.UP_TO_DATE;
        peer.state = SideState.UP_TO_DATE;
        peer.peerState = SideState.UP_TO_DATE;
        own.crashed = false;
        session = Session.IN_STEP;
        serve(own);
    }

    private void serve(final ModelSide own) {
        own.serve(own.clients || random.nextInt(4) > 0);
    }

    private void copyOrDemote(final ModelSide own, final Decision decision) {
        if (decision.demotion() != Demotion.NONE) {
            final ModelSide steps = decision.demotion() == Demotion.OWN ? own : other(own);
            expectNothingLost(other(steps), steps);
            assertTrue(!steps.clients, "a primary with clients steps down");
            Arrays.fill(pending[steps.index], 0);
            steps.demote();
            return;
        }
        resync = decision;
        primary = own;
        source = decision.direction() == Direction.PUSH ? own : other(own);
        sink = other(source);
        step = 0;
        expectNothingLost(source, sink);
        session = Session.RESYNC;
        resyncStep();
    }

    private void expectNothingLost(final ModelSide from, final ModelSide to) {
        for (int block = 0; block < BLOCKS; block++) {
            assertTrue(writes.mayReplace(from.content[block], to.content[block]),
                "the only copy of acknowledged data would be overwritten in block " + block);
        }
    }

    private void resyncStep() {
        switch (step++) {
            case 0 -> uniteMarks();
            case 1 -> sinkBegins();
            case 2 -> sourceNotesBegin();
            case 3 -> copyOne();
            case 4 -> sinkEnds();
            default -> sourceNotesEnd();
        }
    }

    private void uniteMarks() {
        final ModelSide peer = other(primary);
        for (int block = 0; block < BLOCKS; block++) {
            final int region = block / BLOCKS_PER_REGION;
            primary.tracks[block] |= resync.everything()
                || resync.ownIntent() && primary.intent[region] || peer.tracks[block] || peer.intent[region];
        }
        if (resync.everything()) {
            primary.saveTracks();
        }
    }

    /** From here on the source's bytes are the only ones that count, so they had better be stable. */
    private void sinkBegins() {
        source.flush();
        sink.state = SideState.INCONSISTENT;
        sink.syncGeneration = source.current;
        sink.peerState = SideState.UP_TO_DATE;
        sink.fresh = false;
        sink.fullCompare = false;
        sink.noteLives(source);
    }

    private void sourceNotesBegin() {
        source.state = SideState.UP_TO_DATE;
        source.peerState = SideState.INCONSISTENT;
        source.fresh = false;
        source.fullCompare = false;
        source.noteLives(sink);
        if (source == primary) {
            serve(source);
        }
    }

    /** And now and then a point behind which nothing is copied again. */
    private void copyOne() {
        deliver(primary);
        for (int block = 0; block < BLOCKS; block++) {
            if (primary.tracks[block]) {
                assertTrue(writes.mayReplace(source.content[block], sink.content[block]));
                sink.content[block] = source.content[block];
                primary.tracks[block] = false;
                step--;
                break;
            }
        }
        if (step == 4 || random.nextInt(4) == 0) {
            source.flush();
            sink.flush();
            primary.saveTracks();
        }
    }

    private void sinkEnds() {
        deliver(primary);
        source.flush();
        sink.flush();
        assertArrayEquals(source.content, sink.content, "the end of a resync, but the bytes differ");
        sink.clearMarks();
        sink.remember(sink.base);
        sink.remember(sink.current);
        sink.current = source.current;
        sink.base = Generation.NONE;
        sink.syncGeneration = Generation.NONE;
        sink.state = SideState.UP_TO_DATE;
        sink.peerState = SideState.UP_TO_DATE;
    }

    private void sourceNotesEnd() {
        source.remember(source.base);
        source.base = Generation.NONE;
        if (source == primary) {
            source.saveTracks();
        } else {
            source.clearMarks();
        }
        becomeInStep(primary);
    }

    // What a person does about it

    private void keepOne() {
        if (random.nextBoolean()) {
            return;
        }
        final ModelSide kept = any();
        keep(isWhole(kept) ? kept : other(kept));
    }

    private void keep(final ModelSide kept) {
        final ModelSide given = other(kept);
        writes.keep(kept);
        Arrays.fill(pending[given.index], 0);
        given.demote();
        if (!kept.isPrimary()) {
            promote(kept);
        }
        given.fresh = !kept.base.is(given.base) || random.nextBoolean();
        given.state = SideState.INCONSISTENT;
        given.syncGeneration = kept.current;
    }

    private void refused(final ModelSide own, final Refusal refusal) {
        final ModelSide whole = isWhole(own) ? own : other(own);
        switch (refusal) {
            case NO_PRIMARY -> promote(whole);
            case PRIMARY_IN_USE -> {
                fail(own);
                own.serving = false;
                own.clients = false;
            }
            case NO_SOURCE -> throw new AssertionError("nothing is whole any more");
            default -> throw new AssertionError(refusal);
        }
    }

    /** Peace: everything is up and stays so until both are in step. */
    void settle() {
        link = true;
        for (int i = 0; i < 200 && session != Session.IN_STEP; i++) {
            start(sides[0]);
            start(sides[1]);
            meet();
        }
        assertEquals(Session.IN_STEP, session, "they never come in step");
        deliver(primary);
        assertArrayEquals(sides[0].content, sides[1].content);
    }

    @Override
    public String toString() {
        return sides[0] + "\n" + sides[1] + "\nsession " + session + " link " + link + " resync " + resync + " step "
            + step;
    }
}
