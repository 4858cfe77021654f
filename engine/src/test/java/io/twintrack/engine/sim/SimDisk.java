package io.twintrack.engine.sim;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.BlockListener;
import io.twintrack.engine.port.IoQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A disk with a volatile cache, in simulated time. An operation is carried out at its completion, whole; the order of
 * completions is drawn. What was written is in the cache until a flush that began after the write completed, or is
 * stable at once when it is durable. A loss of power keeps of every sector of 512 bytes the stable bytes or those of
 * any later write, those under way included.
 */
final class SimDisk implements BlockDevice, IoQueue {
    private enum Kind {
        READ, WRITE, ZERO, FLUSH
    }

    private static final class Operation {
        Kind kind;
        long token;
        long address;
        int length;
        int offset;
        boolean durable;
        long writesBefore;
        long dueNs;
    }

    /** A write that may not have reached the medium. */
    private record Cached(long number, int offset, byte[] bytes, boolean durable) {
    }

    /** A range of it. */
    interface Range {
        void accept(int offset, int length);
    }

    /** Somebody who looks at the disk from outside. */
    interface Watch {
        Watch NOBODY = new Watch() {
        };

        /** A write, or a zeroing where the address is 0, is going to be taken. */
        default void onWrite(final int offset, final int length, final long address) {
        }

        default void onFlushFailed() {
        }

        default void onWriteFailed(final int offset, final int length) {
        }

        /** @return where a write of this sector goes instead, or -1 where it may not. */
        default int misdirect(final int sector) {
            return -1;
        }
    }

    private final String name;
    private final SimClock clock;
    private final Random random;
    private final EventLog log;
    private final byte[] stable;
    private final byte[] current;
    private final UnsafeBuffer currentBuffer;
    private final UnsafeBuffer stableBuffer;
    private final UnsafeBuffer memory = new UnsafeBuffer(0, 0);
    private final List<Cached> cache = new ArrayList<>();
    private final List<Operation> underWay = new ArrayList<>();
    private BlockListener listener;
    private long writes;
    private long version;
    private Watch watch = Watch.NOBODY;
    /** Operations take this many times as long. */
    int slowness = 1;
    boolean failReads;
    boolean failWrites;
    boolean failFlushes;
    /** A durable write is in the cache when its flush fails. */
    boolean failDurableWrites;
    /** The next operation of this kind fails, and none after it. */
    private Kind failsOnce;
    /** One sector of the next write that may goes elsewhere. */
    private boolean misdirects;
    /** Sectors that cannot be read until they are written. */
    private final BitSet bad = new BitSet();
    /** Completions with an error that was asked for. */
    long errors;
    /** Those of writes and flushes, of the disk that is there now. */
    long failedChanges;
    /** When the last one was. */
    long erredNs = Long.MIN_VALUE;
    long transientErrors;
    long unreadable;
    long misdirected;
    long failedReads;
    long failedDurableWrites;
    long completions;

    SimDisk(final String name, final int size, final SimClock clock, final Random random, final EventLog log) {
        this.name = name;
        this.clock = clock;
        this.random = random;
        this.log = log;
        stable = new byte[size];
        current = new byte[size];
        currentBuffer = new UnsafeBuffer(current);
        stableBuffer = new UnsafeBuffer(stable);
    }

    void watch(final Watch wanted) {
        watch = wanted;
    }

    /** What a read returns now. */
    UnsafeBuffer current() {
        return currentBuffer;
    }

    /** What is left when nothing that is not durable reaches the medium. */
    UnsafeBuffer stable() {
        return stableBuffer;
    }

    boolean equals(final SimDisk other) {
        return Arrays.equals(current, other.current);
    }

    /** @return the first byte from there on, before the end, that differs, or -1. */
    int firstDifference(final SimDisk other, final int from, final int end) {
        final int at = Arrays.mismatch(current, from, end, other.current, from, end);
        return at < 0 ? at : from + at;
    }

    /** As it left the factory, or as another user left it. */
    void fill(final int offset, final byte[] bytes) {
        version++;
        System.arraycopy(bytes, 0, stable, offset, bytes.length);
        System.arraycopy(bytes, 0, current, offset, bytes.length);
    }

    /** Nothing of this sector is on its way or in the cache. */
    boolean isAtRest(final int sector) {
        final int at = sector * Stamp.SECTOR;
        return cache.stream().noneMatch(one -> at >= one.offset && at < one.offset + one.bytes.length)
            && underWay.stream().noneMatch(one -> at >= one.offset && at < one.offset + one.length);
    }

    void rot(final int sector, final long number) {
        Stamp.put(stableBuffer, sector * Stamp.SECTOR, number, sector);
        Stamp.put(currentBuffer, sector * Stamp.SECTOR, number, sector);
    }

    /** Another disk in its place. */
    void replace() {
        version++;
        underWay.clear();
        cache.clear();
        Arrays.fill(stable, (byte) 0x77);
        Arrays.fill(current, (byte) 0x77);
        failedChanges = 0;
        bad.clear();
        heal();
    }

    /** A new file in its place. */
    void wipe() {
        version++;
        cache.clear();
        Arrays.fill(stable, (byte) 0);
        Arrays.fill(current, (byte) 0);
    }

    void heal() {
        failReads = false;
        failWrites = false;
        failFlushes = false;
        failDurableWrites = false;
        failsOnce = null;
        misdirects = false;
        slowness = 1;
    }

    /** A latent error: nobody knows until somebody reads. */
    void spoil(final int sector) {
        bad.set(sector);
    }

    /** What was hard to read was read in the end. */
    void recoverSectors() {
        bad.clear();
    }

    /** @param which 0: a read, 1: a write, 2: a flush. */
    void failOnce(final int which) {
        failsOnce = which == 0 ? Kind.READ : which == 1 ? Kind.WRITE : Kind.FLUSH;
    }

    void misdirectOnce() {
        misdirects = true;
    }

    boolean isFailing() {
        return failReads || failWrites || failFlushes || failDurableWrites || failsOnce != null || !bad.isEmpty();
    }

    boolean isIdle() {
        return underWay.isEmpty();
    }

    int cached() {
        return cache.size();
    }

    /** Calls with every range that a loss of power may take. */
    void forEachCached(final Range consumer) {
        for (final Cached one : cache) {
            if (!one.durable) {
                consumer.accept(one.offset, one.bytes.length);
            }
        }
    }

    /** @return whether a write or a zeroing that touches this range was taken and has not ended. */
    boolean isChanging(final int offset, final int length) {
        for (final Operation one : underWay) {
            if ((one.kind == Kind.WRITE || one.kind == Kind.ZERO) && one.offset < offset + length
                && offset < one.offset + one.length) {
                return true;
            }
        }
        return false;
    }

    /** Another number after each change of what is stable. */
    long version() {
        return version;
    }

    long nextDueNs() {
        return underWay.isEmpty() ? Long.MAX_VALUE : underWay.get(0).dueNs;
    }

    /** The process ends: the kernel carries out what is on its way, or some of it. */
    void abandon() {
        for (final Operation one : underWay) {
            if (random.nextInt(3) > 0) {
                carryOut(one);
            }
        }
        underWay.clear();
    }

    void losePower() {
        for (final Operation one : underWay) {
            if (one.kind == Kind.WRITE || one.kind == Kind.ZERO) {
                keep(one, false);
            }
        }
        underWay.clear();
        version++;
        final int manner = random.nextInt(4);
        for (final Cached one : cache) {
            reachMedium(one, manner);
        }
        cache.clear();
        System.arraycopy(stable, 0, current, 0, stable.length);
    }

    /** Nothing, everything, some writes or some sectors; durable writes always. */
    private void reachMedium(final Cached one, final int manner) {
        final boolean whole = random.nextBoolean();
        if (one.durable || manner == 1 || manner == 2 && whole) {
            System.arraycopy(one.bytes, 0, stable, one.offset, one.bytes.length);
        } else if (manner == 3) {
            for (int at = 0; at < one.bytes.length; at += Stamp.SECTOR) {
                if (random.nextBoolean()) {
                    System.arraycopy(one.bytes, at, stable, one.offset + at, Stamp.SECTOR);
                }
            }
        }
    }

    @Override
    public int poll() {
        int done = 0;
        while (!underWay.isEmpty() && underWay.get(0).dueNs <= clock.nowNs()) {
            final Operation one = underWay.remove(0);
            final Status status = perform(one);
            completions++;
            if (status != Status.OK) {
                errors++;
                erredNs = clock.nowNs();
                failedReads += one.kind == Kind.READ ? 1 : 0;
                failedChanges += one.kind == Kind.READ ? 0 : 1;
            }
            log.event(name, one.kind.ordinal(), one.offset, one.length + status.ordinal());
            done++;
            listener.onBlockComplete(one.token, status);
        }
        return done;
    }

    @Override
    public int submit() {
        return 0;
    }

    private Status perform(final Operation one) {
        final boolean fails = switch (one.kind) {
            case READ -> failReads || isUnreadable(one);
            case WRITE, ZERO -> failWrites;
            case FLUSH -> failFlushes || failDurableWrites;
        } || isTransient(one);
        if (fails && one.kind == Kind.FLUSH) {
            watch.onFlushFailed();
        } else if (fails && one.kind != Kind.READ) {
            watch.onWriteFailed(one.offset, one.length);
        }
        if (fails) {
            return Status.IO_ERROR;
        }
        if (failDurableWrites && one.durable && one.kind == Kind.WRITE) {
            failedDurableWrites++;
            keep(one, false);
            return Status.IO_ERROR;
        }
        carryOut(one);
        return Status.OK;
    }

    private boolean isUnreadable(final Operation one) {
        final int next = bad.nextSetBit(one.offset / Stamp.SECTOR);
        final boolean is = next >= 0 && next < (one.offset + one.length) / Stamp.SECTOR;
        unreadable += is ? 1 : 0;
        return is;
    }

    private boolean isTransient(final Operation one) {
        final boolean is = one.kind == failsOnce;
        if (is) {
            failsOnce = null;
            transientErrors++;
        }
        return is;
    }

    private void carryOut(final Operation one) {
        switch (one.kind) {
            case READ -> {
                memory.wrap(one.address, one.length);
                memory.putBytes(0, current, one.offset, one.length);
            }
            case WRITE, ZERO -> keep(one, one.durable);
            case FLUSH -> settle(one.writesBefore);
        }
    }

    private void keep(final Operation one, final boolean durable) {
        final byte[] bytes = new byte[one.length];
        if (one.kind == Kind.WRITE) {
            memory.wrap(one.address, one.length);
            memory.getBytes(0, bytes);
        }
        if (misdirects && one.kind == Kind.WRITE) {
            misdirect(one, bytes);
        }
        bad.clear(one.offset / Stamp.SECTOR, (one.offset + one.length) / Stamp.SECTOR);
        keep(one.offset, bytes, durable);
    }

    private void keep(final int offset, final byte[] bytes, final boolean durable) {
        System.arraycopy(bytes, 0, current, offset, bytes.length);
        final Cached kept = new Cached(++writes, offset, bytes, durable);
        cache.add(kept);
        if (durable) {
            settle(kept);
        }
    }

    /** The first sector of a write lands elsewhere, whole, and the disk says nothing. */
    private void misdirect(final Operation one, final byte[] bytes) {
        final int to = watch.misdirect(one.offset / Stamp.SECTOR);
        if (to >= 0) {
            misdirects = false;
            misdirected++;
            keep(to * Stamp.SECTOR, Arrays.copyOf(bytes, Stamp.SECTOR), true);
            System.arraycopy(current, one.offset, bytes, 0, Stamp.SECTOR);
        }
    }

    /** A durable write stays in the list, since earlier ones may still reach the medium below it. */
    private void settle(final Cached one) {
        version++;
        System.arraycopy(one.bytes, 0, stable, one.offset, one.bytes.length);
    }

    private void settle(final long upTo) {
        int settled = 0;
        while (settled < cache.size() && cache.get(settled).number <= upTo) {
            settle(cache.get(settled++));
        }
        cache.subList(0, settled).clear();
        for (final Cached one : cache) {
            if (one.durable) {
                settle(one);
            }
        }
    }

    private boolean take(
        final Kind kind, final long token, final long address, final long length, final long offset,
        final boolean durable) {
        if (offset < 0 || length < 0 || offset + length > stable.length || (offset | length) % Stamp.SECTOR != 0) {
            throw new IllegalArgumentException(kind + " of " + length + " bytes at " + offset + " of " + stable.length);
        }
        if (underWay.size() >= 256) {
            return false;
        }
        final Operation one = new Operation();
        one.kind = kind;
        one.token = token;
        one.address = address;
        one.length = (int) length;
        one.offset = (int) offset;
        one.durable = durable;
        one.writesBefore = writes;
        one.dueNs = clock.nowNs() + latency();
        int at = underWay.size();
        while (at > 0 && underWay.get(at - 1).dueNs > one.dueNs) {
            at--;
        }
        underWay.add(at, one);
        return true;
    }

    private long latency() {
        final long usual = (10 + random.nextInt(200)) * SimClock.MICRO;
        return (random.nextInt(64) == 0 ? usual * 20 : usual) * slowness;
    }

    @Override
    public void listener(final BlockListener newListener) {
        listener = newListener;
    }

    @Override
    public long size() {
        return stable.length;
    }

    @Override
    public int sectorSize() {
        return Stamp.SECTOR;
    }

    @Override
    public int memoryAlignment() {
        return Stamp.SECTOR;
    }

    @Override
    public boolean read(final long token, final long address, final int length, final long offset) {
        return take(Kind.READ, token, address, length, offset, false);
    }

    @Override
    public boolean write(
        final long token, final long address, final int length, final long offset, final boolean durable) {
        watch.onWrite((int) offset, length, address);
        return take(Kind.WRITE, token, address, length, offset, durable);
    }

    @Override
    public boolean flush(final long token) {
        return take(Kind.FLUSH, token, 0, 0, 0, true);
    }

    @Override
    public boolean zero(final long token, final long offset, final long length, final boolean deallocate) {
        watch.onWrite((int) offset, (int) length, 0);
        return take(Kind.ZERO, token, 0, length, offset, false);
    }

    @Override
    public String describe() {
        return name;
    }

    @Override
    public void close() {
    }
}
