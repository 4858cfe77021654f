package io.twintrack.engine.metadata;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockDevice;
import org.agrona.concurrent.AtomicBuffer;

/**
 * What one side of a pair knows durably: its superblock, its intent log and its changed tracks, on a metadata disk.
 * {@link MetadataLayout} draws the disk.
 *
 * <p>First {@link #load}; nothing else before it is done. A write that fails makes the whole store fail: everyone who
 * waits gets the error, and so does everyone who asks later, since what the disk holds is not known any more. What is
 * in memory stays readable.
 *
 * <p>HBA's thread only. Listeners are called from {@link #poll()} and from nowhere else; completions of the disk come
 * from its own queue's poll. Allocates nothing per write of data; a change of the superblock does.
 */
public final class SideStore {
    /** Bytes of memory for disk I/O. */
    public static final int IO_LENGTH = BlockIo.LENGTH;

    private final BlockIo io;
    private final ChangedTracks tracks;
    private final IntentLog intent;
    private final Superblock superblock = new Superblock();
    private final MetadataLoad load;
    private final IntentWriter intentWriter;
    private final TrackSaver trackSaver;
    private final SuperblockWriter superblockWriter;
    private final Outcomes outcomes = new Outcomes();
    private Status failure = Status.OK;

    /**
     * @param disk          the metadata file; nobody else uses it. Should be {@link MetadataLayout#length()} long.
     * @param layout        for the largest volume that this store has to take.
     * @param ioAddress     of {@link #IO_LENGTH} bytes, aligned to 4,096.
     * @param bits          {@link ChangedTracks#bitsLength} bytes for the layout's volume.
     * @param summary       {@link ChangedTracks#summaryLength} bytes for these bits.
     * @param activeRegions the most regions that are active at a time, 2 to 1,048,576.
     * @param holders       requests that can be on their way at a time.
     * @param listener      of those that wait for {@link IntentLog#begin}.
     */
    public SideStore(
        final BlockDevice disk, final MetadataLayout layout, final long ioAddress, final AtomicBuffer bits,
        final AtomicBuffer summary, final int activeRegions, final int holders, final IntentListener listener) {
        io = new BlockIo(disk, ioAddress);
        tracks = new ChangedTracks(bits, summary, layout.volumeSize(), layout.trackSize());
        final IntentImage image = new IntentImage(layout);
        intent = new IntentLog(layout, image, activeRegions, holders, listener);
        intentWriter = new IntentWriter(io, layout, image, intent, this);
        trackSaver = new TrackSaver(io, layout, tracks, this);
        superblockWriter = new SuperblockWriter(io, layout, trackSaver, this);
        load = new MetadataLoad(io, disk, layout, superblock, tracks, image, superblockWriter);
    }

    /** Who hears from now on of those that wait for {@link IntentLog#begin}. */
    public void listener(final IntentListener listener) {
        intent.listener(listener);
    }

    /** Reads everything. Called once. */
    public void load(final LoadListener listener) {
        load.start(listener);
    }

    /**
     * What counts now: whoever reads it does not change it. Of a new file all fields but the sizes are empty, and the
     * volume's is the layout's.
     */
    public Superblock superblock() {
        return superblock;
    }

    public IntentLog intent() {
        return intent;
    }

    /** Of a new file none is marked before its first change, and all of the volume are with it. */
    public ChangedTracks tracks() {
        return tracks;
    }

    /**
     * Changes wait for each other. When {@code done} hears OK, both copies are durable and {@link #superblock()} shows
     * them; not before. A volume that grows has its new tracks marked then. {@link Status#NO_SPACE}: the volume would
     * be larger than the layout, nothing has changed.
     *
     * @param edit sees the superblock as the changes before it left it. The first change of a new file gives it its
     *             id. The sequence, and the sizes of tracks and regions, are not for it to set.
     */
    public void change(final SuperblockChange edit, final StatusListener done) {
        checkLoaded();
        if (isFailed()) {
            outcomes.add(done, failure);
        } else {
            superblockWriter.change(edit, done);
        }
    }

    /**
     * Writes the blocks of changed tracks that hold a part of this range and changed since they were saved. Clears
     * that are not behind a flush ({@link ChangedTracks#flushed}) do not reach the disk with them; marks do.
     */
    public void saveTracks(final long fromOffset, final long toOffset, final StatusListener done) {
        checkWritable();
        if (isFailed()) {
            outcomes.add(done, failure);
        } else {
            trackSaver.save(fromOffset, toOffset, false, done);
        }
    }

    /** Writes the intent blocks that changed: makes retired regions durable, so that a crash leaves less to compare. */
    public void saveIntent(final StatusListener done) {
        checkWritable();
        if (isFailed()) {
            outcomes.add(done, failure);
        } else {
            intentWriter.save(done);
        }
    }

    /** Starts what is due and tells whose wait is over. @return how much was done. */
    public int poll() {
        int work = io.poll();
        if (!load.isDone()) {
            return work + load.poll();
        }
        if (!isFailed() && load.isUsable()) {
            work += write();
        }
        return work + intent.deliver() + outcomes.deliver();
    }

    private int write() {
        intent.poll();
        // Every block names the file that it belongs to, so the first change of a new file comes before all others.
        final int marks = hasId() ? intentWriter.poll(outcomes) + trackSaver.poll(outcomes) : 0;
        return marks + superblockWriter.poll(outcomes);
    }

    private boolean hasId() {
        return superblock.sequence != 0;
    }

    /** Nothing is on its way and nobody waits. */
    public boolean isIdle() {
        return io.isIdle() && outcomes.isEmpty() && load.isIdle() && !intent.isWaiting() && intentWriter.isIdle()
            && trackSaver.isIdle() && superblockWriter.isIdle();
    }

    /** A write to the metadata disk failed. */
    public boolean isFailed() {
        return failure != Status.OK;
    }

    /** @return why the store failed, or OK. */
    public Status failure() {
        return failure;
    }

    /** Blocks of 4 KiB written so far: each change of anything writes two. */
    public int blockWrites() {
        return io.writes();
    }

    private void checkLoaded() {
        if (!load.isUsable()) {
            throw new IllegalStateException("the metadata is not loaded");
        }
    }

    private void checkWritable() {
        checkLoaded();
        if (!hasId()) {
            throw new IllegalStateException("the metadata file has no id yet");
        }
    }

    void fail(final Status status) {
        if (!isFailed()) {
            failure = status;
            intent.fail(status);
            intentWriter.fail(status, outcomes);
            trackSaver.fail(status, outcomes);
            superblockWriter.fail(status, outcomes);
        }
    }

    void onChanged(final Superblock changed, final StatusListener done) {
        final boolean isFirst = !hasId();
        superblock.copyFrom(changed);
        if (changed.volumeSize != tracks.volumeSize()) {
            tracks.resize(changed.volumeSize);
        }
        if (isFirst) {
            // Not before the volume's size is known: room that it may grow into would take memory from then on.
            tracks.markAll();
        }
        outcomes.add(done, Status.OK);
    }
}
