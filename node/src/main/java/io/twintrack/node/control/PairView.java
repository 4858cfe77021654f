package io.twintrack.node.control;

import io.twintrack.engine.pair.PairEvent.Kind;
import io.twintrack.engine.pair.PairStatus;
import io.twintrack.engine.pair.ResyncStatus;
import io.twintrack.engine.pair.VerifyStatus;
import io.twintrack.node.disk.DiskView;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A pair as it stands in JSON; docs/CONTROL.md tells what each field means. Fields are added, never renamed: numbers
 * carry their unit in the name, constants are words in lower case with dashes, times are UTC.
 */
public record PairView(
    String name,
    String volume,
    String hba,
    boolean declared,
    String role,
    String state,
    String side,
    String peerSide,
    String peer,
    boolean linkUp,
    String mode,
    long sizeBytes,
    long trackBytes,
    String severedBy,
    String reason,
    String since,
    long changedTracks,
    long totalTracks,
    long activeRegions,
    long regionCapacity,
    Resync resync,
    Verify verify,
    int clients,
    String currentGeneration,
    String baseGeneration,
    long reads,
    long writes,
    long flushes,
    long errors,
    long resends,
    long copiedBytes,
    long metadataWrites,
    List<String> alerts,
    List<DiskView> disks) {

    /** @param secondsToGo {@code null} while nothing is known. */
    public record Resync(
        String kind, String direction, long doneBytes, long totalBytes, long bytesPerSecond, Long secondsToGo) {
    }

    /** @param differences ranges that differ; the first of them are listed. */
    public record Verify(
        boolean running, boolean complete, long doneBytes, long totalBytes, long differences, List<Range> ranges) {
    }

    /** Of the volume. */
    public record Range(long offsetBytes, long lengthBytes) {
    }

    /**
     * @param disks of type sata, under its volume.
     * @param since the state began.
     */
    static PairView of(final PairStatus status, final String hba, final boolean declared, final List<DiskView> disks,
        final Instant since) {
        return new PairView(
            status.name(), status.volume(), hba, declared, Fields.word(status.role()), Fields.word(status.state()),
            Fields.word(status.side()), Fields.word(status.peerSide()), status.peer(), status.linkUp(),
            Fields.word(status.mode()), status.size(), status.trackSize(), Fields.word(status.severedBy()),
            status.reason(), since.toString(),
            status.changedTracks(), status.totalTracks(), status.activeRegions(), status.regionCapacity(),
            resync(status.resync()), verify(status.verify()), status.clients(), status.currentGeneration(),
            status.baseGeneration(), status.reads(), status.writes(), status.flushes(), status.errors(),
            status.resends(), status.copiedBytes(), status.metadataWrites(),
            alerts(status, disks), disks);
    }

    private static List<String> alerts(final PairStatus status, final List<DiskView> disks) {
        final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        kinds.addAll(status.alerts());
        if (disks.stream().anyMatch(disk -> !disk.warnings().isEmpty())) {
            kinds.add(Kind.DISK_HEALTH);
        }
        return kinds.stream().map(Fields::word).toList();
    }

    private static Resync resync(final ResyncStatus status) {
        return status == null ? null : new Resync(Fields.word(status.kind()), Fields.word(status.direction()),
            status.done(), status.total(), status.bytesPerSecond(),
            status.secondsToGo() < 0 ? null : status.secondsToGo());
    }

    private static Verify verify(final VerifyStatus status) {
        return status == null ? null : new Verify(status.running(), status.complete(), status.done(), status.total(),
            status.differences(),
            status.ranges().stream().map(range -> new Range(range.offset(), range.length())).toList());
    }
}
