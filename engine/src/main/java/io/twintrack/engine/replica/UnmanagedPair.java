package io.twintrack.engine.replica;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.PairReport;
import io.twintrack.engine.frame.SideOrder;
import io.twintrack.engine.metadata.StatusListener;
import io.twintrack.engine.port.BlockDevice;
import org.agrona.MutableDirectBuffer;

/** A pair that keeps no record: its copy takes everything from an origin whose volume fits. */
final class UnmanagedPair implements PairTarget {
    private final BlockDevice device;
    private final long life;

    UnmanagedPair(final BlockDevice device, final long life) {
        this.device = device;
        this.life = life;
    }

    @Override
    public Status onAttach(final PairReport theirs, final PairReport ours) {
        ours.size = device.size();
        ours.sectorSize = device.sectorSize();
        ours.life = life;
        if (theirs.size != ours.size) {
            return Status.SIZE_MISMATCH;
        }
        return ours.sectorSize > theirs.sectorSize ? Status.SECTOR_MISMATCH : Status.OK;
    }

    @Override
    public void onOrder(final SideOrder order, final StatusListener done) {
        done.onStatus(Status.NOT_SUPPORTED);
    }

    @Override
    public Status accepts(final Operation operation) {
        return Status.OK;
    }

    /** Without a record every track may differ. */
    @Override
    public int marks(final long fromOffset, final MutableDirectBuffer to, final int at, final int length) {
        to.setMemory(at, length, (byte) 0xFF);
        return length;
    }

    @Override
    public void onSessionEnded() {
    }
}
