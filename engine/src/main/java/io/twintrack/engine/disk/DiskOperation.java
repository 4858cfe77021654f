package io.twintrack.engine.disk;

/** One operation on this node's disk, on its way through a {@link DiskQueue}. Reused by its owner. */
public abstract class DiskOperation {
    /** What the disk is asked. */
    public enum Step {
        READ, WRITE, ZERO, FLUSH
    }

    /** Its place in its owner's pool; the name by which it is found again. */
    public final int index;
    public Step step;
    public long address;
    public long offset;
    public long length;
    /** On stable storage before it completes. */
    public boolean durable;
    /** A zeroed range may be given back to the file system or the device. */
    public boolean deallocate;

    protected DiskOperation(final int index) {
        this.index = index;
    }
}
