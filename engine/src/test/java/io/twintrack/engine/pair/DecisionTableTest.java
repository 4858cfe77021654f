package io.twintrack.engine.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.pair.Decision.Demotion;
import io.twintrack.engine.pair.Decision.Direction;
import io.twintrack.engine.pair.Decision.Outcome;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One test for each row of the table. Every test begins with two sides that are in step. */
class DecisionTableTest {
    private static final Generation PAIR = new Generation(7, 7);
    private static final Generation G0 = new Generation(0, 100);
    private static final Generation G1 = new Generation(0, 101);
    private static final Generation G2 = new Generation(0, 102);
    private static final Generation G3 = new Generation(0, 103);
    private static final long OWN_LIFE = 1;
    private static final long PEER_LIFE = 2;

    private final SideView own = side(Role.PRIMARY, OWN_LIFE, PEER_LIFE);
    private final SideView peer = side(Role.REDUNDANT, PEER_LIFE, OWN_LIFE);

    private static SideView side(final Role role, final long life, final long peerLife) {
        final SideView side = new SideView();
        side.pairId = PAIR;
        side.size = 1 << 30;
        side.sectorSize = 512;
        side.trackSize = 4096;
        side.role = role;
        side.sideState = SideState.UP_TO_DATE;
        side.peerSideState = SideState.UP_TO_DATE;
        side.current = G0;
        side.life = life;
        side.lastOwnLife = life;
        side.lastPeerLife = peerLife;
        return side;
    }

    private void mode(final Mode mode) {
        own.mode = mode;
        peer.mode = mode;
    }

    private Decision decide() {
        return DecisionTable.decide(own, peer);
    }

    private void expect(final Outcome outcome, final Direction direction, final Demotion demotion) {
        final Decision decision = decide();
        assertEquals(outcome, decision.outcome());
        assertEquals(direction, decision.direction());
        assertEquals(demotion, decision.demotion());
        assertNull(decision.refusal());
        assertEquals(outcome == Outcome.FULL, decision.everything());
        assertEquals(direction != Direction.NONE, decision.ownTracks() && decision.peerMarks());
    }

    private void expect(final Outcome outcome, final Direction direction) {
        expect(outcome, direction, Demotion.NONE);
    }

    private void expect(final Outcome outcome) {
        expect(outcome, Direction.NONE);
    }

    private void expect(final Refusal refusal) {
        assertEquals(Decision.refused(refusal), decide());
    }

    private static void goOn(final SideView side, final Generation next) {
        side.base = side.current;
        side.current = next;
        side.sideState = SideState.UP_TO_DATE;
        side.peerSideState = SideState.OUTDATED;
    }

    private static void sink(final SideView side, final Generation of) {
        side.sideState = SideState.INCONSISTENT;
        side.syncGeneration = of;
    }

    /** The process ended while it was serving, with writes on their way. */
    private static void crash(final SideView side) {
        side.crashed = true;
        side.activeRegions = 3;
    }

    private static void losePower(final SideView side) {
        side.life += 100;
    }

    @Nested
    class WhoTheyAre {
        @Test
        void row1PairIdsDiffer() {
            peer.pairId = G3;
            expect(Outcome.UNRELATED);
        }

        @Test
        void row1NoPairIdIsTheSameAsNone() {
            own.pairId = Generation.NONE;
            peer.pairId = Generation.NONE;
            expect(Outcome.UNRELATED);
        }

        @Test
        void row2BothRedundant() {
            own.role = Role.REDUNDANT;
            expect(Refusal.NO_PRIMARY);
        }

        @Test
        void row3TheOtherSideDecides() {
            own.role = Role.REDUNDANT;
            peer.role = Role.PRIMARY;
            expect(Refusal.PEER_DECIDES);
        }
    }

    @Nested
    class WhatForbidsEverything {
        @Test
        void row5BothWentOnFromTheSame() {
            goOn(own, G1);
            goOn(peer, G2);
            expect(Outcome.DIVERGED);
        }

        @Test
        void row5NeitherKnowsTheOther() {
            peer.current = G1;
            expect(Outcome.DIVERGED);
        }

        @Test
        void row5NoGenerationIsNotTheSameAsNone() {
            own.current = Generation.NONE;
            peer.current = Generation.NONE;
            expect(Outcome.DIVERGED);
        }

        @Test
        void row5EachNamesTheOtherAsEarlier() {
            own.base = G1;
            peer.current = G1;
            peer.base = G0;
            expect(Outcome.DIVERGED);
        }

        @Test
        void row5AnInconsistentSideOfUnknownOrigin() {
            sink(peer, G3);
            expect(Outcome.DIVERGED);
        }

        @Test
        void row5AFreshSideThatWentOnByItself() {
            own.fresh = true;
            goOn(own, G1);
            peer.current = G2;
            expect(Outcome.DIVERGED);
            peer.fresh = true;
            expect(Outcome.DIVERGED);
        }

        @Test
        void row5TheLaterOneLostItsCachesInTheMiddleOfWritesThatTheEarlierOneKept() {
            goOn(peer, G1);
            losePower(peer);
            crash(own);
            expect(Outcome.DIVERGED);
            losePower(own);
            expect(Outcome.DELTA, Direction.PULL);
        }

        @Test
        void row5TheEarlierOneAcknowledgedWithoutTheLaterOne() {
            goOn(peer, G1);
            crash(own);
            expect(Outcome.DELTA, Direction.PULL);
            mode(Mode.LOCAL);
            expect(Outcome.DIVERGED);
            mode(Mode.MEMORY);
            expect(Outcome.DIVERGED);
        }

        @Test
        void row5IsFoundBeforeSizesAndExportsAreLookedAt() {
            goOn(own, G1);
            goOn(peer, G2);
            peer.size *= 2;
            peer.exported = true;
            own.severedByCommand = true;
            expect(Outcome.DIVERGED);
        }

        @Test
        void row6TwoPrimariesOfTheSameGeneration() {
            peer.role = Role.PRIMARY;
            expect(Outcome.DIVERGED);
        }

        @Test
        void row6TheEarlierPrimaryHasClients() {
            peer.role = Role.PRIMARY;
            goOn(own, G1);
            peer.clients = true;
            expect(Outcome.DIVERGED);
        }

        @Test
        void row6OwnIsTheEarlierPrimaryAndHasClients() {
            peer.role = Role.PRIMARY;
            goOn(peer, G1);
            own.clients = true;
            expect(Outcome.DIVERGED);
        }

        @Test
        void row7SizesDiffer() {
            peer.size *= 2;
            expect(Refusal.SIZE_MISMATCH);
            own.resizeId = 9;
            own.resizeSize = peer.size + 4096;
            expect(Refusal.SIZE_MISMATCH);
        }

        @Test
        void row7SizesDifferByTheResizeOnItsWay() {
            peer.size *= 2;
            own.resizeId = 9;
            own.resizeSize = peer.size;
            assertEquals(Decision.NOTHING.withResize(true), decide());
            own.resizeId = 0;
            peer.resizeId = 9;
            peer.resizeSize = own.size;
            assertEquals(Decision.NOTHING.withResize(true), decide());
        }

        @Test
        void row8SectorsAreCoarser() {
            peer.sectorSize = 4096;
            expect(Refusal.SECTOR_MISMATCH);
            own.sectorSize = 4096;
            peer.sectorSize = 512;
            expect(Outcome.NOTHING);
        }

        @Test
        void row9ModesDiffer() {
            peer.mode = Mode.LOCAL;
            expect(Refusal.MODE_MISMATCH);
        }

        @Test
        void row9TrackSizesDiffer() {
            peer.trackSize = 8192;
            expect(Refusal.TRACK_MISMATCH);
        }

        @Test
        void row4AFailedSideIsNeitherSourceNorSink() {
            goOn(own, G1);
            own.sideState = SideState.FAILED;
            expect(Refusal.OWN_DISK_FAILED);
            own.sideState = SideState.UP_TO_DATE;
            peer.sideState = SideState.FAILED;
            expect(Refusal.PEER_DISK_FAILED);
        }

        @Test
        void row10BothInconsistent() {
            sink(own, G1);
            sink(peer, G1);
            expect(Refusal.NO_SOURCE);
        }

        @Test
        void row10TheSourceOfAnInterruptedResyncWasReplaced() {
            own.fresh = true;
            own.current = G1;
            own.sideState = SideState.INCONSISTENT;
            sink(peer, G1);
            expect(Refusal.NO_SOURCE);
        }

        @Test
        void row11TheOtherSideIsExported() {
            goOn(own, G1);
            peer.exported = true;
            expect(Refusal.EXPORTED);
        }

        @Test
        void row12SeveredByCommand() {
            goOn(own, G1);
            own.severedByCommand = true;
            expect(Refusal.SEVERED_BY_COMMAND);
        }
    }

    @Nested
    class BothPrimary {
        @Test
        void row13ThePeerStoodStill() {
            peer.role = Role.PRIMARY;
            crash(peer);
            goOn(own, G1);
            own.clients = true;
            expect(Outcome.DELTA, Direction.PUSH, Demotion.PEER);
            assertFalse(decide().ownIntent());
        }

        @Test
        void row13ByHistoryAlone() {
            peer.role = Role.PRIMARY;
            own.current = G2;
            own.history[1] = G0;
            expect(Outcome.FULL, Direction.PUSH, Demotion.PEER);
        }

        @Test
        void row14OwnStoodStill() {
            peer.role = Role.PRIMARY;
            crash(own);
            goOn(peer, G1);
            peer.clients = true;
            expect(Outcome.DELTA, Direction.PUSH, Demotion.OWN);
        }

        @Test
        void row14OwnWasBeingCopiedTo() {
            peer.role = Role.PRIMARY;
            sink(own, G1);
            peer.current = G1;
            goOn(peer, G2);
            expect(Outcome.DELTA, Direction.PUSH, Demotion.OWN);
            assertTrue(decide().ownIntent());
        }
    }

    @Nested
    class WhoHasTheData {
        @Test
        void row15ClientsAreNeverOverwritten() {
            goOn(peer, G1);
            own.clients = true;
            expect(Refusal.PRIMARY_IN_USE);
        }

        @Test
        void row15ClientsThatAreServedFromTheOtherSideMayGoOn() {
            goOn(peer, G1);
            own.clients = true;
            own.fresh = true;
            own.sideState = SideState.INCONSISTENT;
            expect(Outcome.FULL, Direction.PULL);
        }

        @Test
        void row16BothFresh() {
            own.fresh = true;
            own.clients = true;
            peer.fresh = true;
            peer.current = Generation.NONE;
            expect(Outcome.FULL, Direction.PUSH);
        }

        @Test
        void row17TheRedundantDiskWasReplaced() {
            goOn(own, G1);
            peer.fresh = true;
            expect(Outcome.FULL, Direction.PUSH);
        }

        @Test
        void row17WhatAFreshSideCallsItselfDoesNotCount() {
            peer.fresh = true;
            losePower(own);
            crash(own);
            expect(Outcome.FULL, Direction.PUSH);
        }

        @Test
        void row17ThePrimaryDiskWasReplaced() {
            own.fresh = true;
            expect(Outcome.FULL, Direction.PULL);
        }

        @Test
        void row17AFreshSideOfThisDataSetOrAnEarlierOneHoldsNothingMore() {
            peer.fresh = true;
            goOn(own, G1);
            expect(Outcome.FULL, Direction.PUSH);
        }

        @Test
        void row17OfTwoFreshSidesOneHoldsADataSet() {
            own.fresh = true;
            own.sideState = SideState.INCONSISTENT;
            peer.fresh = true;
            expect(Outcome.FULL, Direction.PULL);
        }

        @Test
        void row17TheVeryFirstResyncWasInterruptedAtItsBeginning() {
            own.fresh = true;
            own.clients = true;
            sink(peer, G0);
            expect(Outcome.FULL, Direction.PUSH);
        }

        @Test
        void row18OwnIsLaterByItsHistory() {
            own.current = G3;
            own.history[2] = G0;
            expect(Outcome.FULL, Direction.PUSH);
        }

        @Test
        void row18ThePeerWentOnWithoutMarks() {
            peer.current = G1;
            peer.history[0] = G0;
            peer.peerSideState = SideState.FAILED;
            expect(Outcome.FULL, Direction.PULL);
        }

        @Test
        void row19OwnWentOn() {
            goOn(own, G1);
            own.clients = true;
            own.markedTracks = 17;
            expect(Outcome.DELTA, Direction.PUSH);
            assertFalse(decide().ownIntent());
            crash(own);
            assertTrue(decide().ownIntent());
        }

        @Test
        void row19ThePeerWentOn() {
            goOn(peer, G1);
            crash(own);
            expect(Outcome.DELTA, Direction.PULL);
            assertTrue(decide().ownIntent());
        }

        @Test
        void row19AResyncOfThePeerGoesOn() {
            goOn(own, G1);
            sink(peer, G1);
            own.clients = true;
            expect(Outcome.DELTA, Direction.PUSH);
        }

        @Test
        void row19AResyncOfThePeerWasInterruptedAndOwnWentOn() {
            own.current = G1;
            goOn(own, G2);
            sink(peer, G1);
            expect(Outcome.DELTA, Direction.PUSH);
        }

        @Test
        void row19AResyncOfOwnGoesOn() {
            goOn(peer, G1);
            sink(own, G1);
            expect(Outcome.DELTA, Direction.PULL);
        }

        @Test
        void row19WhatAnInconsistentSideWentOnFromDoesNotCount() {
            goOn(peer, G2);
            sink(peer, G1);
            goOn(own, G1);
            expect(Outcome.DELTA, Direction.PUSH);
        }
    }

    @Nested
    class SameGeneration {
        @Test
        void nothingHappened() {
            own.clients = true;
            own.activeRegions = 5;
            expect(Outcome.NOTHING);
        }

        @Test
        void row20aOnlyThePrimaryLostPower() {
            crash(own);
            losePower(own);
            expect(Outcome.DELTA, Direction.PULL);
            assertTrue(decide().ownIntent());
        }

        @Test
        void row20NotIfWritesWereAcknowledgedByThePrimaryAlone() {
            crash(own);
            losePower(own);
            mode(Mode.LOCAL);
            expect(Outcome.DELTA, Direction.PUSH);
            mode(Mode.MEMORY);
            expect(Outcome.DELTA, Direction.PULL);
        }

        @Test
        void row20NotIfThePrimaryWasStopped() {
            losePower(own);
            expect(Outcome.NOTHING);
        }

        @Test
        void row21aThePrimaryCrashed() {
            crash(own);
            expect(Outcome.DELTA, Direction.PUSH);
            assertTrue(decide().ownIntent());
        }

        @Test
        void row21aThePeerLostPower() {
            own.clients = true;
            own.activeRegions = 5;
            losePower(peer);
            expect(Outcome.DELTA, Direction.PUSH);
            assertTrue(decide().ownIntent());
        }

        @Test
        void row21aALossThatTheSideItselfHasNotedAlready() {
            own.activeRegions = 5;
            losePower(peer);
            peer.lastOwnLife = peer.life;
            expect(Outcome.DELTA, Direction.PUSH);
        }

        @Test
        void row21aBothLostPower() {
            crash(own);
            losePower(own);
            losePower(peer);
            expect(Outcome.DELTA, Direction.PUSH);
        }

        @Test
        void row21bMarksOnOneSide() {
            own.markedTracks = 1;
            expect(Outcome.DELTA, Direction.PUSH);
            assertFalse(decide().ownIntent());
            own.markedTracks = 0;
            peer.markedTracks = 1;
            expect(Outcome.DELTA, Direction.PUSH);
            peer.markedTracks = 0;
            peer.activeRegions = 1;
            expect(Outcome.DELTA, Direction.PUSH);
        }

        @Test
        void row21cTheEndOfAResyncWasNotNoted() {
            own.base = G1;
            expect(Outcome.DELTA, Direction.PUSH);
            own.base = Generation.NONE;
            peer.base = G1;
            expect(Outcome.DELTA, Direction.PUSH);
        }

        @ParameterizedTest
        @EnumSource(SideState.class)
        void row22CompareEverything(final SideState known) {
            own.fullCompare = true;
            peer.peerSideState = known;
            expect(Outcome.FULL, Direction.PUSH);
            own.fullCompare = false;
            expect(known == SideState.FAILED ? Outcome.FULL : Outcome.NOTHING,
                known == SideState.FAILED ? Direction.PUSH : Direction.NONE);
        }

        @Test
        void row22InTheDirectionOfTheData() {
            crash(own);
            losePower(own);
            peer.fullCompare = true;
            expect(Outcome.FULL, Direction.PULL);
            peer.current = G1;
            peer.base = G0;
            expect(Outcome.FULL, Direction.PULL);
        }
    }

}
