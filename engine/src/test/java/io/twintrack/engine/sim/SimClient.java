package io.twintrack.engine.sim;

import io.twintrack.engine.Status;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.pair.SideState;
import io.twintrack.engine.volume.RequestListener;
import io.twintrack.engine.volume.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Clients of one node's volume: they attach while it serves, and compare all that they read with the history. */
final class SimClient {
    private enum Kind {
        WRITE, READ, FLUSH
    }

    private static final class Request {
        Kind kind;
        int slot;
        int from;
        int to;
        long number;
        boolean durable;
        long beganNs;
        long[] floors;
        long[][] flushing;
        /** Before the other side was done, as the mode allows. */
        boolean answered;
        /** Of a flush: writes that were answered before it began, and had not ended. */
        List<Request> before = List.of();
        boolean done;
    }

    /** Hears of one request. */
    private final class Ear implements RequestListener {
        private final Request request;
        private final Consumer<Status> ended;

        Ear(final Request request, final Consumer<Status> ended) {
            this.request = request;
            this.ended = ended;
        }

        @Override
        public void onComplete(final long tag, final Status status) {
            ended.accept(status);
        }

        @Override
        public boolean onAnswered(final long tag) {
            onEarlyAnswer(request);
            return true;
        }

        @Override
        public void onReleased(final long tag, final Status status) {
            world.log.event("end " + request.kind, request.number, request.from, status.ordinal());
            end(request);
            world.heldWrites.released(request.number, status == Status.OK && (peerCounts() || !diskCounts()));
            if (request.kind == Kind.WRITE && status == Status.OK) {
                creditOther(request);
            }
        }
    }

    private static final int SLOTS = 24;

    private final SimNode node;
    private final World world;
    private final UnsafeBuffer memory;
    private final boolean[] slotUsed = new boolean[SLOTS];
    private final List<Request> outstanding = new ArrayList<>();
    private boolean attached;
    long operations;
    long acked;
    long failed;

    SimClient(final SimNode node, final World world) {
        this.node = node;
        this.world = world;
        memory = new UnsafeBuffer(BufferUtil.allocateDirectAligned(SLOTS * SimNode.SLOT_LENGTH, 4096));
    }

    boolean isAttached() {
        return attached;
    }

    boolean isIdle() {
        return outstanding.isEmpty();
    }

    private Volume volume() {
        return node.pair().volume();
    }

    void attach() {
        if (!attached && node.isRunning() && node.known.role == Role.PRIMARY && volume().serving() == Status.OK) {
            attached = true;
            volume().onClientAttached();
            world.oracles.onAttached(node);
        }
    }

    /** Once nothing is on its way. */
    void detach() {
        if (attached && isIdle()) {
            attached = false;
            volume().onClientGone();
        }
    }

    /** The node's process is gone: nobody knows how what was on its way ended. */
    void onNodeEnded() {
        attached = false;
        outstanding.forEach(one -> world.oracles.onChangeEnded(one.number));
        outstanding.clear();
        java.util.Arrays.fill(slotUsed, false);
    }

    private int slot() {
        for (int i = 0; i < SLOTS; i++) {
            if (!slotUsed[i]) {
                return i;
            }
        }
        return -1;
    }

    void write(final long value, final boolean durable) {
        final Request request = request(Kind.WRITE, value, SimNode.SLOT_LENGTH / Stamp.SECTOR);
        if (request == null) {
            return;
        }
        request.durable = durable;
        request.number = world.history.begin(request.from, request.to, false, node.index);
        final int at = request.slot * SimNode.SLOT_LENGTH;
        for (int sector = request.from; sector < request.to; sector++) {
            Stamp.put(memory, at + (sector - request.from) * Stamp.SECTOR, request.number, sector);
        }
        taken(request, volume().write(memory.addressOffset() + at, length(request), offset(request), durable,
            new Ear(request, status -> onWritten(request, status)), request.number));
    }

    void zero(final long value, final boolean deallocate) {
        final Request request = request(Kind.WRITE, value, 256);
        if (request == null) {
            return;
        }
        request.durable = (value >>> 50 & 7) == 0;
        request.number = world.history.begin(request.from, request.to, true, node.index);
        taken(request, volume().zero(offset(request), length(request), deallocate, request.durable,
            new Ear(request, status -> onWritten(request, status)), request.number));
    }

    void read(final long value) {
        final Request request = request(Kind.READ, value, SimNode.SLOT_LENGTH / Stamp.SECTOR);
        if (request == null) {
            return;
        }
        request.floors = new long[request.to - request.from];
        for (int sector = request.from; sector < request.to; sector++) {
            request.floors[sector - request.from] = world.history.readFloor(node.index, sector, diskCounts());
        }
        taken(request, volume().read(memory.addressOffset() + (long) request.slot * SimNode.SLOT_LENGTH,
            length(request), offset(request), (tag, status) -> onRead(request, status), 0));
    }

    void flush() {
        final Request request = request(Kind.FLUSH, 0, 1);
        if (request == null) {
            return;
        }
        request.flushing = new long[][] {world.history.beforeFlush(0), world.history.beforeFlush(1)};
        request.before = outstanding.stream().filter(one -> one.answered && one.kind == Kind.WRITE).toList();
        taken(request, volume().flush(new Ear(request, status -> onFlushed(request, status)), 0));
    }

    private Request request(final Kind kind, final long value, final int maxSectors) {
        final int slot = slot();
        if (!attached || slot < 0 || !node.isRunning()) {
            return null;
        }
        final Request request = new Request();
        final Random random = new Random(value);
        request.kind = kind;
        request.slot = slot;
        request.from = world.hotSector(random);
        final int length = random.nextInt(3) == 0 ? 8 : 1 + random.nextInt(random.nextInt(3) == 0 ? maxSectors : 16);
        request.to = Math.min(request.from + length, world.endOfSpot(request.from));
        request.beganNs = world.clock.nowNs();
        slotUsed[slot] = true;
        outstanding.add(request);
        operations++;
        return request;
    }

    private void taken(final Request request, final boolean taken) {
        if (!taken) {
            // Nothing of it was begun: it may not be found either, but nobody promised that it would not.
            end(request);
        }
    }

    private void end(final Request request) {
        request.done = true;
        world.oracles.onChangeEnded(request.number);
        outstanding.remove(request);
        slotUsed[request.slot] = false;
    }

    private static long offset(final Request request) {
        return (long) request.from * Stamp.SECTOR;
    }

    private static int length(final Request request) {
        return (request.to - request.from) * Stamp.SECTOR;
    }

    private boolean diskCounts() {
        return !world.oracles.isDiskLost(node.index);
    }

    /** The pair counts on both sides: what is acknowledged now is on the other one as well. */
    private boolean peerCounts() {
        return node.store().superblock().severedBy == SeveredBy.NONE
            && node.store().superblock().peerSideState == SideState.UP_TO_DATE;
    }

    private boolean isStale(final Request request) {
        return request.done;
    }

    private void onWritten(final Request request, final Status status) {
        answered(request, status);
        if (status != Status.OK) {
            world.oracles.onRefused(node, request.from, request.to);
            return;
        }
        acked++;
        creditOwn(request);
        creditOther(request);
    }

    private void creditOwn(final Request request) {
        if (diskCounts() && isKept(node, request)) {
            world.onAcked(node.index, request.number, request.from, request.to, request.durable);
        }
    }

    private void creditOther(final Request request) {
        final boolean here = diskCounts();
        final boolean there = peerCounts() || !here;
        final SimNode other = world.nodes[1 - node.index];
        if (!here || !there) {
            world.oracles.onAnsweredAlone(here ? node : other, request.from, request.to);
        }
        // In mode local the other side follows, and is overwritten with what the primary kept: it promises nothing.
        final boolean counts = there && (world.mode != Mode.LOCAL || !here);
        if (counts && isKept(other, request)) {
            world.onAcked(other.index, request.number, request.from, request.to, request.durable);
        }
    }

    /** A side's answer may have been on its way when it lost its power, and what is not durable with that. */
    private static boolean isKept(final SimNode side, final Request request) {
        return side.replacedNs < request.beganNs && (request.durable || side.lostPowerNs() < request.beganNs);
    }

    private void answered(final Request request, final Status status) {
        if (isStale(request)) {
            throw new Broken(Guarantee.NO_HANG, "a request was answered twice, the second time with " + status);
        }
        world.log.event("answer " + request.kind, request.number, request.from, status.ordinal());
        end(request);
        failed += status == Status.OK ? 0 : 1;
    }

    /** The other side is not done with it; the slot is still the engine's. */
    private void onEarlyAnswer(final Request request) {
        if (request.answered || request.done || world.mode == Mode.DISK) {
            throw new Broken(Guarantee.ACKED_ON_BOTH, request.kind + " " + request.number
                + " was answered before both sides had it, in mode " + world.mode);
        }
        world.log.event("early answer " + request.kind, request.number, request.from, 0);
        world.coverage.count("early answers", 1);
        request.answered = true;
        if (request.kind == Kind.FLUSH) {
            flushedHere(request);
        } else {
            acked++;
            creditOwn(request);
            if (world.mode == Mode.MEMORY && peerCounts() && isKept(world.nodes[1 - node.index], request)) {
                world.heldWrites.answered(1 - node.index, request.number, request.from, request.to);
            }
        }
    }

    private void flushedHere(final Request request) {
        if (diskCounts()) {
            world.oracles.onFlushed(node, request.beganNs);
            world.history.flushed(node.index, request.flushing[node.index]);
        }
    }

    private void onFlushed(final Request request, final Status status) {
        answered(request, status);
        if (status != Status.OK) {
            return;
        }
        if (world.mode == Mode.MEMORY && request.before.stream().anyMatch(one -> !one.done)) {
            throw new Broken(Guarantee.ACKED_ON_BOTH, "a flush was answered, and a write that was answered before it "
                + "is not on the other side's disk; " + world.oracles.describe());
        }
        flushedHere(request);
        if (peerCounts() || !diskCounts()) {
            world.oracles.onFlushed(world.nodes[1 - node.index], request.beganNs);
            world.history.flushed(1 - node.index, request.flushing[1 - node.index]);
        }
    }

    private void onRead(final Request request, final Status status) {
        answered(request, status);
        final int at = request.slot * SimNode.SLOT_LENGTH;
        for (int sector = request.from; status == Status.OK && sector < request.to; sector++) {
            final int i = sector - request.from;
            final long found = Stamp.read(memory, at + i * Stamp.SECTOR, sector);
            final long least = floor(request, sector);
            if (!world.history.explainsRead(node.index, sector, found, least)) {
                throw new Broken(world.oracles.named(Guarantee.EXPLAINED_READS, least), "node " + node.index
                    + " read write " + found + " where at least " + least + " had to be; "
                    + world.history.describe(sector));
            }
        }
    }

    /** What had to be there when the read began, but for what a loss of power took since. */
    private long floor(final Request request, final int sector) {
        final long atBegin = request.floors[sector - request.from];
        final boolean powerLost = Math.max(world.nodes[0].lostPowerNs(),
            world.nodes[1].lostPowerNs()) >= request.beganNs;
        return powerLost ? Math.min(atBegin, world.history.readFloor(node.index, sector, diskCounts())) : atBegin;
    }

    boolean isWriting(final int sector) {
        for (final Request one : outstanding) {
            if (one.kind == Kind.WRITE && sector >= one.from && sector < one.to) {
                return true;
            }
        }
        return false;
    }

    /** @return since when the oldest request waits, or {@link Long#MAX_VALUE}. */
    long oldestNs() {
        return outstanding.isEmpty() ? Long.MAX_VALUE : outstanding.get(0).beganNs;
    }

    String oldest() {
        final Request one = outstanding.get(0);
        return one.kind + " " + one.number + " of sectors " + one.from + " to " + one.to;
    }
}
