package io.twintrack.engine.rig;

import io.twintrack.engine.Status;
import io.twintrack.engine.frame.Operation;
import io.twintrack.engine.frame.PairReport;
import io.twintrack.engine.frame.SideOrder;
import io.twintrack.engine.metadata.StatusListener;
import io.twintrack.engine.replica.PairTarget;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.agrona.MutableDirectBuffer;

/** A pair at the target that notes what it hears and does what the test says. */
public final class RecordingPair implements PairTarget {
    public final List<PairReport> attached = new ArrayList<>();
    public final List<SideOrder> orders = new ArrayList<>();
    public final List<StatusListener> ordered = new ArrayList<>();
    public final Set<Operation> refused = EnumSet.noneOf(Operation.class);
    public Status attachRefusal = Status.OK;
    /** Bytes of marks from the volume's begin to its end. */
    public int marksLength;
    public int sessionsEnded;
    public long generation = 1;

    @Override
    public Status onAttach(final PairReport theirs, final PairReport ours) {
        attached.add(theirs);
        ours.currentLow = generation++;
        return attachRefusal;
    }

    @Override
    public void onOrder(final SideOrder order, final StatusListener done) {
        orders.add(order);
        ordered.add(done);
    }

    @Override
    public Status accepts(final Operation operation) {
        return refused.contains(operation) ? Status.READ_ONLY : Status.OK;
    }

    /** Each byte is its own place. */
    @Override
    public int marks(final long fromOffset, final MutableDirectBuffer to, final int at, final int length) {
        final int first = (int) (fromOffset / 4096 / 8);
        final int filled = Math.max(0, Math.min(length, marksLength - first));
        for (int i = 0; i < filled; i++) {
            to.putByte(at + i, (byte) (first + i + 1));
        }
        return filled;
    }

    @Override
    public void onDiskFailed(final Status status) {
        // It keeps no record.
    }

    @Override
    public void onSessionEnded() {
        sessionsEnded++;
    }
}
