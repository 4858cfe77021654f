package io.twintrack.engine.metadata;

import io.twintrack.engine.Status;
import java.util.Arrays;
import org.agrona.collections.Int2IntHashMap;
import org.agrona.collections.IntArrayQueue;

/**
 * The write-intent log: a region of a volume may be written only while it is <em>active</em>, which means that its
 * bit is durable. A bounded number of regions is active, so that a crash leaves no more than that to compare.
 *
 * <pre>
 *   free -> marking (its bit is on its way to disk) -> active -> quiet (nothing in flight) -> stable -> free
 *                                                       ^                                      |
 *                                                       +---------- written again -------------+
 *
 *   stable: a flush of the data disks that began after its last write ended has succeeded
 * </pre>
 *
 * A region stays active until its place is needed; a stable one that was not used lately goes first. While requests
 * wait for a place, later ones wait behind them, so that regions which are written all the time do become quiet.
 *
 * <p>A <em>holder</em> is a request, named by a small number. HBA's thread only; allocates nothing after construction.
 * Offsets and lengths are bytes.
 */
public final class IntentLog {
    private static final int NONE = -1;

    private final MetadataLayout layout;
    private final IntentImage image;
    private IntentListener listener;
    private final int regionShift;
    private final int capacity;

    private final Int2IntHashMap slotOf;
    private final int[] region;
    private final int[] inFlight;
    private final long[] markedAt;
    private final long[] endedIn;
    private final boolean[] used;
    private final IntArrayQueue free;
    private int busy;
    private int stable;
    private int hand;

    // Holders that wait: for a place, for their marks to be durable (in order of arrival), for being told.
    private final int[] firstRegion;
    private final int[] lastRegion;
    private final IntArrayQueue room;
    private final int[] marking;
    private int markingCount;
    private final IntArrayQueue ready;
    private final IntArrayQueue refused;

    private long epoch = 1;
    private long flushedEpoch = 1;
    private Status failure = Status.OK;

    IntentLog(
        final MetadataLayout layout, final IntentImage image, final int capacity, final int holders,
        final IntentListener listener) {
        if (capacity < 2 || capacity > 1 << 20) {
            throw new IllegalArgumentException("active regions " + capacity + " are not within 2 to 1048576");
        }
        this.layout = layout;
        this.image = image;
        this.listener = listener;
        this.capacity = capacity;
        regionShift = Integer.numberOfTrailingZeros(layout.regionSize());
        slotOf = new Int2IntHashMap(2 * capacity, 0.5f, NONE);
        region = new int[capacity];
        inFlight = new int[capacity];
        markedAt = new long[capacity];
        endedIn = new long[capacity];
        used = new boolean[capacity];
        Arrays.fill(region, NONE);
        free = queue(capacity);
        for (int slot = 0; slot < capacity; slot++) {
            free.addInt(slot);
        }
        firstRegion = new int[holders];
        lastRegion = new int[holders];
        room = queue(holders);
        marking = new int[holders];
        ready = queue(holders);
        refused = queue(holders);
    }

    void listener(final IntentListener next) {
        listener = next;
    }

    private static IntArrayQueue queue(final int entries) {
        return new IntArrayQueue(Math.max(entries + 1, 8), NONE);
    }

    /**
     * A write to this range is about to start.
     *
     * @param holder names it, 0 to below the number of holders; not one that waits.
     * @param length above 0; the range touches at most half of {@link #capacity()} regions.
     * @return true: it may start, and {@link #end} is owed. False: the listener hears of it from a later {@link
     * SideStore#poll()}; with OK it may start then, and {@code end} is owed.
     */
    public boolean begin(final int holder, final long offset, final long length) {
        final int first = (int) (offset >>> regionShift);
        final int last = (int) (offset + length - 1 >>> regionShift);
        if (!room.isEmpty() || !isActive(first, last)) {
            return beginSlowly(holder, first, last);
        }
        for (int i = first; i <= last; i++) {
            enter(slotOf.get(i));
        }
        return true;
    }

    /** The write is on both disks, or will not be carried out, or failed and its tracks are marked. */
    public void end(final long offset, final long length) {
        final int last = (int) (offset + length - 1 >>> regionShift);
        for (int i = (int) (offset >>> regionShift); i <= last; i++) {
            final int slot = slotOf.get(i);
            if (slot == NONE || inFlight[slot] == 0) {
                throw new IllegalStateException("no write is in flight in region " + i);
            }
            endedIn[slot] = epoch;
            if (--inFlight[slot] == 0) {
                busy--;
            }
        }
    }

    /**
     * A flush of the data disks that writes go to begins now.
     *
     * @return to be handed to {@link #flushed} when it has succeeded on all of them, and, while writes go to this side
     * alone, the tracks that were marked before it are saved. After a failure it is not handed to anyone.
     */
    public long flushBegan() {
        return ++epoch;
    }

    /** The flush that began with this epoch has succeeded: what was quiet before it is stable. */
    public void flushed(final long flushEpoch) {
        flushedEpoch = Math.max(flushedEpoch, flushEpoch);
        stable = 0;
        for (int slot = 0; slot < capacity; slot++) {
            stable += isStable(slot) ? 1 : 0;
        }
    }

    /** Regions that are active or about to be. */
    public int active() {
        return capacity - free.size();
    }

    /** The most regions that are active at a time. */
    public int capacity() {
        return capacity;
    }

    /** Places run short, and a flush of the data disks that begins now would make some. */
    public boolean wantsRetirement() {
        final boolean isShort = !room.isEmpty() || free.size() + stable < capacity / 4;
        return isShort && active() - busy - stable > 0;
    }

    /** Shows every region whose bit is set: active ones, and those that stood on disk at the start. */
    public void forEachActive(final RegionConsumer consumer) {
        for (int i = image.nextSet(0); i < layout.regions(); i = image.nextSet(i + 1)) {
            final long offset = (long) i << regionShift;
            consumer.onRegion(offset, Math.min(layout.regionSize(), layout.volumeSize() - offset));
        }
    }

    /** Regions whose bit is set: a pass over all of them. */
    public int marked() {
        int count = 0;
        for (int i = image.nextSet(0); i < layout.regions(); i = image.nextSet(i + 1)) {
            count++;
        }
        return count;
    }

    /** Marks every region whose bit is set: active ones, and those that stood on disk at the start. */
    public void markAllInto(final ChangedTracks tracks) {
        final long size = tracks.volumeSize();
        forEachActive((offset, length) -> {
            if (offset < size) {
                tracks.mark(offset, Math.min(length, size - offset));
            }
        });
    }

    /** @return whether the bit of any region that the range touches is set. */
    public boolean isMarked(final long offset, final long length) {
        final int last = (int) (offset + length - 1 >>> regionShift);
        int i = (int) (offset >>> regionShift);
        while (i <= last && !image.isSet(i)) {
            i++;
        }
        return i <= last;
    }

    /** Retires every stable region; {@link SideStore#saveIntent} makes that durable. @return how many. */
    public int retireAll() {
        int retired = 0;
        for (int slot = 0; slot < capacity; slot++) {
            if (isStable(slot)) {
                retire(slot);
                retired++;
            }
        }
        return retired;
    }

    /**
     * The regions that stood on disk at the start are dealt with: both sides are equal there and were flushed. {@link
     * SideStore#saveIntent} makes that durable.
     */
    public void forgetRecovered() {
        image.forgetRecovered();
        for (int slot = 0; slot < capacity; slot++) {
            if (region[slot] != NONE) {
                image.keep(region[slot]);
            }
        }
    }

    // -- holders that wait

    private boolean beginSlowly(final int holder, final int first, final int last) {
        if (last - first >= capacity / 2 || last >= layout.regions()) {
            throw new IllegalArgumentException("regions " + first + " to " + last
                + " at once are too many, or outside");
        }
        firstRegion[holder] = first;
        lastRegion[holder] = last;
        if (failure != Status.OK) {
            refused.addInt(holder);
            return false;
        }
        if (!room.isEmpty() || !takePlaces(first, last)) {
            room.addInt(holder);
            return false;
        }
        if (!isActive(first, last)) {
            marking[markingCount++] = holder;
            return false;
        }
        return true;
    }

    /** All regions get a place, or none does. */
    private boolean takePlaces(final int first, final int last) {
        int missing = 0;
        int stableInside = 0;
        for (int i = first; i <= last; i++) {
            final int slot = slotOf.get(i);
            missing += slot == NONE ? 1 : 0;
            stableInside += slot != NONE && isStable(slot) ? 1 : 0;
        }
        if (free.size() + stable - stableInside < missing) {
            return false;
        }
        for (int i = first; i <= last; i++) {
            final int slot = slotOf.get(i);
            if (slot != NONE) {
                enter(slot);
            }
        }
        for (int i = first; i <= last; i++) {
            if (slotOf.get(i) == NONE) {
                enter(place(i));
            }
        }
        return true;
    }

    private int place(final int newRegion) {
        if (free.isEmpty()) {
            retireOne();
        }
        final int slot = free.pollInt();
        region[slot] = newRegion;
        endedIn[slot] = epoch;
        markedAt[slot] = image.mark(newRegion);
        slotOf.put(newRegion, slot);
        return slot;
    }

    /** The hand passes over those that were used since it came by last, once. At least one is stable. */
    private void retireOne() {
        while (!isStable(hand) || used[hand]) {
            used[hand] = false;
            hand = hand + 1 == capacity ? 0 : hand + 1;
        }
        retire(hand);
    }

    private void retire(final int slot) {
        slotOf.remove(region[slot]);
        image.clear(region[slot]);
        region[slot] = NONE;
        stable--;
        free.addInt(slot);
    }

    private void enter(final int slot) {
        if (inFlight[slot] == 0) {
            stable -= isStable(slot) ? 1 : 0;
            busy++;
        }
        inFlight[slot]++;
        used[slot] = true;
    }

    private boolean isStable(final int slot) {
        return region[slot] != NONE && inFlight[slot] == 0 && endedIn[slot] < flushedEpoch;
    }

    private boolean isActive(final int first, final int last) {
        for (int i = first; i <= last; i++) {
            final int slot = slotOf.get(i);
            if (slot == NONE || !image.isDurable(i, markedAt[slot])) {
                return false;
            }
        }
        return true;
    }

    // -- for the store

    /** Some wait for a place, for their marks to be durable, or to be told. */
    public boolean isWaiting() {
        return !room.isEmpty() || markingCount > 0 || !ready.isEmpty() || !refused.isEmpty();
    }

    /** Gives places to those who wait for one. */
    void poll() {
        while (!room.isEmpty() && takePlaces(firstRegion[room.peekInt()], lastRegion[room.peekInt()])) {
            marking[markingCount++] = room.pollInt();
            onDurable();
        }
    }

    /** Some marks became durable, or were so already: finds out whose wait is over. */
    void onDurable() {
        int kept = 0;
        for (int i = 0; i < markingCount; i++) {
            final int holder = marking[i];
            if (isActive(firstRegion[holder], lastRegion[holder])) {
                ready.addInt(holder);
            } else {
                marking[kept++] = holder;
            }
        }
        markingCount = kept;
    }

    /** Tells those whose wait is over. @return how many. */
    int deliver() {
        int told = 0;
        for (int most = ready.size(); told < most; told++) {
            listener.onIntent(ready.pollInt(), Status.OK);
        }
        for (int most = refused.size(); most > 0; most--, told++) {
            listener.onIntent(refused.pollInt(), failure);
        }
        return told;
    }

    /** No mark can be made durable any more: nobody waits longer, and no region becomes active. */
    void fail(final Status status) {
        failure = status;
        while (!room.isEmpty()) {
            refused.addInt(room.pollInt());
        }
        for (int i = 0; i < markingCount; i++) {
            final int holder = marking[i];
            end((long) firstRegion[holder] << regionShift,
                lastRegion[holder] - firstRegion[holder] + 1L << regionShift);
            refused.addInt(holder);
        }
        markingCount = 0;
    }
}
