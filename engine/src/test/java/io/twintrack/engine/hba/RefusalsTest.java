package io.twintrack.engine.hba;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.Pair;
import io.twintrack.engine.pair.PairCommands;
import io.twintrack.engine.pair.PairEvent;
import io.twintrack.engine.pair.PairEvent.Kind;
import io.twintrack.engine.pair.PairRule;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.Refusal;
import io.twintrack.engine.pair.Refused;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.Rule;
import io.twintrack.engine.rig.LoopbackLink.Wire;
import io.twintrack.engine.rig.PairRig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** A command that is refused hears the rule that stands against it there and then, and what leads on. */
class RefusalsTest {
    private static final long SIZE = 4 << 20;
    private static final int ONE_SECOND = (int) (TimeUnit.SECONDS.toNanos(1) / 100_000);

    private PairRig rig = new PairRig(Wire.LARGE_FRAMES, SIZE);

    private CommandResult command(final Pair pair, final BiConsumer<PairCommands, CommandListener> give) {
        final List<CommandResult> results = new ArrayList<>();
        give.accept(pair.commands(), results::add);
        rig.until("the command ends", () -> !results.isEmpty());
        return results.get(0);
    }

    private Refused refused(final Rule rule, final Pair pair, final BiConsumer<PairCommands, CommandListener> give) {
        final CommandResult result = command(pair, give);
        assertFalse(result.done(), result::toString);
        assertEquals(rule, result.refused().kept(), result::toString);
        return result.refused();
    }

    private Refused reestablishRefused(final Rule rule) {
        return refused(rule, rig.pair(), (pair, result) -> pair.reestablish(Keep.NONE, result));
    }

    private void done(final Pair pair, final BiConsumer<PairCommands, CommandListener> give) {
        final CommandResult result = command(pair, give);
        assertTrue(result.done(), result::toString);
    }

    private void sever() {
        rig.upToDate();
        done(rig.pair(), PairCommands::sever);
    }

    private List<Kind> alerts(final Pair pair) {
        return pair.commands().status(rig.nowNs()).alerts();
    }

    @Test
    void whatAHandshakeRefusesIsNamedByItsOwnRule() {
        sever();
        rig.targetPair().conduct().onClients(1);
        final Refused exported = reestablishRefused(Refusal.EXPORTED);
        assertEquals("the other side is exported to readers", exported.what());
        assertEquals("twintrack pair reestablish vol0", exported.allowed());
        assertEquals(PairState.SEVERED, rig.pair().state());
        rig.targetPair().conduct().onClients(-1);
        done(rig.pair(), (pair, result) -> pair.reestablish(Keep.NONE, result));
    }

    @Test
    void aSideOfAnotherSizeIsNamedWithBothSizes() {
        rig = new PairRig(Wire.LARGE_FRAMES, SIZE, SIZE / 2);
        rig.until("it is refused", () -> rig.pair().commands().status(0).reason().contains("one size"));
        final String reason = rig.pair().commands().status(0).reason();
        assertEquals("this side has 4194304 bytes, the other one 2097152 (rule: both sides have one size; allowed: "
            + "twintrack pair delete vol0 (" + Refusal.SIZE_MISMATCH.when() + "))", reason);
    }

    @Test
    void whatRefusesTheSessionIsNamed() {
        sever();
        rig.key = PairRig.key(2);
        rig.restartTarget();
        rig.until("it is refused", () -> !rig.originAlerts.isEmpty());
        assertTrue(alerts(rig.pair()).contains(Kind.HANDSHAKE_REFUSED), "it stands");
        assertTrue(reestablishRefused(PairRule.ONE_KEY).what().contains("AUTHENTICATION"));
        rig.key = PairRig.key(1);
        rig.restartTarget();
        rig.upToDate();
        assertFalse(alerts(rig.pair()).contains(Kind.HANDSHAKE_REFUSED), "it ended");
    }

    @Test
    void twoSidesThatWentApartAreNamed() {
        rig.upToDate();
        rig.originLink.connect(false);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        done(rig.targetPair(), (pair, result) -> pair.promote(true, result));
        rig.originLink.connect(true);
        rig.until("they meet", () -> rig.pair().state() == PairState.DIVERGED);
        assertEquals("twintrack pair reestablish vol0 --keep local|peer",
            reestablishRefused(PairRule.DIVERGED).allowed());
        refused(PairRule.VERIFY_DIVERGED, rig.pair(), PairCommands::verify);
        refused(PairRule.RESIZE_DIVERGED, rig.pair(), (pair, result) -> pair.resize(SIZE / 2, result));
    }

    @Test
    void aVerifyNamesWhatBringsItOn() {
        rig.upToDate();
        final Refused there = refused(PairRule.PRIMARY_VERIFIES, rig.targetPair(), PairCommands::verify);
        assertEquals("twintrack pair verify vol0", there.allowed());
        assertEquals("on the primary side's node", there.when());
        rig.originLink.connect(false);
        rig.until("it is missed", () -> rig.pair().state() == PairState.CONNECTING);
        assertEquals("twintrack pair verify vol0",
            refused(PairRule.VERIFY_IN_STEP, rig.pair(), PairCommands::verify).allowed());
        done(rig.pair(), PairCommands::sever);
        assertEquals("twintrack pair reestablish vol0",
            refused(PairRule.VERIFY_SEVERED, rig.pair(), PairCommands::verify).allowed());
    }

    @Test
    void aRecordThatCannotBeWrittenIsNamed() {
        rig.upToDate();
        rig.originMetadata().fail(0, rig.originMetadata().size(), false, true, Status.IO_ERROR);
        refused(PairRule.SEVER_RECORDED, rig.pair(), PairCommands::sever);
        assertTrue(alerts(rig.pair()).contains(Kind.METADATA_FAILED));
        refused(PairRule.VERIFY_RECORDED, rig.pair(), PairCommands::verify);
        refused(PairRule.VERIFY_RECORDED, rig.pair(), (pair, result) -> pair.repair(Role.PRIMARY, result));
        refused(PairRule.RESIZE_RECORDED, rig.pair(), (pair, result) -> pair.resize(SIZE / 2, result));
    }

    @Test
    void aReestablishmentThatCannotBeRecordedIsNotPromised() {
        sever();
        rig.originMetadata().fail(0, rig.originMetadata().size(), false, true, Status.IO_ERROR);
        reestablishRefused(PairRule.REESTABLISH_RECORDED);
        rig.cycles(3 * ONE_SECOND);
        assertEquals(PairState.SEVERED, rig.pair().state());
    }

    @Test
    void aResizeNamesWhereRoomIsMissing() {
        rig.upToDate();
        assertEquals("twintrack volume grow vol0 \"8 MiB\"", refused(PairRule.RESIZE_ROOM, rig.pair(),
            (pair, result) -> pair.resize(2 * SIZE, result)).allowed());
        assertEquals("with another size", refused(PairRule.RESIZE_CHANGES, rig.pair(),
            (pair, result) -> pair.resize(SIZE, result)).when());
        refused(PairRule.RESIZE_UNIT, rig.pair(), (pair, result) -> pair.resize(4097, result));
        assertEquals("twintrack pair resize vol0 \"2 MiB\"", refused(PairRule.PRIMARY_RESIZES, rig.targetPair(),
            (pair, result) -> pair.resize(SIZE / 2, result)).allowed());
    }

    @Test
    void aResizeThatIsOnItsWayIsWaitedFor() {
        rig.upToDate();
        rig.targetDisk.hold();
        rig.pair().commands().resize(SIZE / 2, result -> { });
        final Refused refused =
            refused(PairRule.RESIZE_PENDING, rig.pair(), (pair, result) -> pair.resize(SIZE / 4, result));
        assertTrue(refused.when().contains("goes on by itself"), refused::toString);
        rig.targetDisk.releaseAll();
    }

    @Test
    void aFenceThatDoesNotHoldIsAnAlertOfItsOwn() {
        rig.upToDate();
        rig.events.clear();
        rig.fence = (pair, listener) -> listener.onFenced(false, "the switch does not answer");
        rig.originLink.connect(false);
        assertEquals(Status.PEER_LOST, rig.finish(rig.write(1, 0, 4096, false)));
        assertEquals(List.of(Kind.FENCE_FAILED), rig.events.stream().map(PairEvent::kind).distinct().toList());
        assertTrue(rig.events.get(0).whatToDo().contains("twintrack pair sever vol0"), rig.events::toString);
        assertTrue(alerts(rig.pair()).contains(Kind.FENCE_FAILED), "it stands");
        rig.originLink.connect(true);
        rig.upToDate();
        assertEquals(List.of(), alerts(rig.pair()), "it ended");
    }

    /** What the alert tells a person to do works. */
    @Test
    void aPersonWhoSeversNeedsNoFence() {
        rig.upToDate();
        rig.fence = (pair, listener) -> listener.onFenced(false, "the switch does not answer");
        rig.originLink.connect(false);
        assertEquals(Status.PEER_LOST, rig.finish(rig.write(1, 0, 4096, false)));
        done(rig.pair(), PairCommands::sever);
        assertEquals(Status.OK, rig.finish(rig.write(2, 4096, 4096, false)));
        assertEquals(List.of(Kind.SEVERED), alerts(rig.pair()));
    }

    /** A primary that was started anew waits for its peer; a person who forces it has seen to the peer. */
    @Test
    void aPersonWhoPromotesByForceNeedsNoFence() {
        rig.upToDate();
        rig.fence = (pair, listener) -> listener.onFenced(false, "the switch does not answer");
        rig.restartOrigin();
        rig.originLink.connect(false);
        assertEquals(Role.PRIMARY, rig.pair().role());
        done(rig.pair(), (pair, result) -> pair.promote(true, result));
        assertEquals(Status.OK, rig.finish(rig.write(2, 4096, 4096, false)));
    }

    @Test
    void aFailedFlushStandsInTheStatus() {
        rig.upToDate();
        rig.targetDisk.failFlushes(Status.IO_ERROR);
        assertTrue(rig.volume().flush((tag, status) -> rig.completions.put(tag, status), 1));
        assertEquals(Status.OK, rig.finish(1));
        rig.until("it stands", () -> alerts(rig.targetPair()).contains(Kind.FLUSH_FAILED));
        assertTrue(alerts(rig.pair()).contains(Kind.SEVERED));
    }

    @Test
    void bytesThatTheLastDiskDidNotTakeStandInTheStatusUntilAllIsEqual() {
        sever();
        rig.originDisk.fail(0, 4096, false, true, Status.IO_ERROR);
        assertEquals(Status.IO_ERROR, rig.finish(rig.write(1, 0, 4096, false)));
        assertTrue(alerts(rig.pair()).contains(Kind.DISK_FAILED));
        rig.originDisk.heal();
        done(rig.pair(), (pair, result) -> pair.reestablish(Keep.NONE, result));
        rig.upToDate();
        assertEquals(List.of(), alerts(rig.pair()));
    }

    /** Perhaps it has given up its changes, perhaps not: the next meeting shows. Here it has. */
    @Test
    void aPeerThatIsLostWhileItGivesUpItsChangesIsToBeAskedAgain() {
        rig.upToDate();
        rig.originLink.connect(false);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        done(rig.targetPair(), (pair, result) -> pair.promote(true, result));
        rig.originLink.connect(true);
        rig.until("they meet", () -> rig.pair().state() == PairState.DIVERGED);
        rig.originLink.dropReplies(reply -> true);
        final List<CommandResult> results = new ArrayList<>();
        rig.targetMetadata().hold();
        rig.pair().commands().reestablish(Keep.LOCAL, results::add);
        rig.cycles(20);
        rig.originLink.connect(false);
        rig.until("it is refused", () -> !results.isEmpty());
        assertEquals(PairRule.KEEP_BOTH_THERE, results.get(0).refused().kept(), results::toString);
        rig.targetMetadata().releaseAll();
        rig.originLink.dropReplies(null);
        rig.originLink.connect(true);
        rig.upToDate().assertSidesEqual();
        assertEquals(Role.REDUNDANT, rig.targetPair().role());
    }

    @Test
    void onlyOfTwoSidesThatWentApartOneIsGivenUp() {
        rig.upToDate();
        refused(PairRule.KEEP_APART, rig.pair(), (pair, result) -> pair.reestablish(Keep.LOCAL, result));
        done(rig.pair(), PairCommands::sever);
        rig.pair().conduct().onClients(1);
        assertEquals("twintrack pair reestablish vol0 --keep peer", refused(PairRule.KEEP_PEER_UNUSED, rig.pair(),
            (pair, result) -> pair.reestablish(Keep.PEER, result)).allowed());
        rig.targetPair().conduct().onClients(1);
        assertEquals("twintrack pair reestablish vol0 --keep local", refused(PairRule.KEEP_LOCAL_UNUSED, rig.pair(),
            (pair, result) -> pair.reestablish(Keep.LOCAL, result)).allowed());
    }

    /** A reader of the redundant side would be in the way of a sever that heals by itself. */
    @Test
    void aRedundantSideIsReadOnlyWhileACommandHasSeveredThePair() {
        rig.upToDate();
        final Refused following = rig.targetPair().volume().servingRefusal();
        assertEquals(PairRule.SERVE_SEVERED, following.kept());
        assertEquals("twintrack pair sever vol0", following.allowed());
        rig.originLink.connect(false);
        assertEquals(Status.OK, rig.finish(rig.write(1, 0, 4096, false)));
        assertEquals(PairState.SEVERED, rig.pair().state());
        assertEquals(Status.NOT_READY, rig.targetPair().volume().serving());
        assertEquals(PairRule.SERVE_SEVERED, rig.targetPair().volume().servingRefusal().kept());
        rig.originLink.connect(true);
        rig.upToDate();
        done(rig.pair(), PairCommands::sever);
        assertEquals(Status.OK, rig.targetPair().volume().serving());
        assertNull(rig.targetPair().volume().servingRefusal());
        assertTrue(rig.targetPair().volume().isReadOnly());
    }

    @Test
    void aPrimaryThatWaitsForItsPeerSaysWhatForcesIt() {
        rig.upToDate();
        rig.restartOrigin();
        rig.originLink.connect(false);
        assertEquals("twintrack pair promote vol0 --force", rig.pair().volume().servingRefusal().allowed());
    }

    @Test
    void aSecondReestablishmentEndsTheWaitOfTheFirst() {
        sever();
        rig.originLink.connect(false);
        rig.until("it is missed", () -> !rig.pair().commands().status(0).linkUp());
        final List<CommandResult> results = new ArrayList<>();
        rig.pair().commands().reestablish(Keep.NONE, results::add);
        rig.pair().commands().reestablish(Keep.NONE, results::add);
        rig.until("both are answered", () -> results.size() == 2);
    }
}
