package io.twintrack.engine.pair;

import java.util.List;

/**
 * Where a pair stands, seen from this side. A picture of one moment; any thread may keep it.
 *
 * @param name              of the pair.
 * @param volume            of this node, that the pair lies on.
 * @param role              of this side.
 * @param state             of the pair.
 * @param side              state of this side's data.
 * @param peerSide          last known state of the peer's data.
 * @param peer              iSCSI name of the peer's node.
 * @param linkUp            datagrams of the peer arrive.
 * @param mode              when a write counts as done.
 * @param size              in bytes, that clients see.
 * @param trackSize         in bytes.
 * @param severedBy         who severed it, {@link SeveredBy#NONE} when it is not severed.
 * @param reason            of the last change of state, in one sentence.
 * @param sinceNs           when that was, on the clock of the duty cycle, in nanoseconds.
 * @param changedTracks     tracks that differ from the peer's, or may.
 * @param totalTracks       tracks of the volume.
 * @param activeRegions     regions in which a write may be under way.
 * @param regionCapacity    regions that can be active at a time.
 * @param resync            {@code null} when none runs.
 * @param verify            the one that runs, else the last one; {@code null} when there was none.
 * @param clients           attached now.
 * @param currentGeneration 32 hexadecimal digits, or {@code null} when there is none yet.
 * @param baseGeneration    32 hexadecimal digits: the generation that the changed tracks count from, or {@code null}.
 * @param reads             requests since the start of the node.
 * @param writes            the same.
 * @param flushes           the same.
 * @param errors            requests that ended with an error since the start of the node.
 * @param resends           frames to the peer that were sent again since the start of the node.
 * @param copiedBytes       that went from one side to the other to bring both together, since the start of the node.
 * @param metadataWrites    blocks of 4 KiB written to this side's record, since the start of the node.
 * @param alerts            what needs a person now, each kind once.
 */
public record PairStatus(
    String name,
    String volume,
    Role role,
    PairState state,
    SideState side,
    SideState peerSide,
    String peer,
    boolean linkUp,
    Mode mode,
    long size,
    int trackSize,
    SeveredBy severedBy,
    String reason,
    long sinceNs,
    long changedTracks,
    long totalTracks,
    long activeRegions,
    long regionCapacity,
    ResyncStatus resync,
    VerifyStatus verify,
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
    List<PairEvent.Kind> alerts) {

    public PairStatus {
        alerts = List.copyOf(alerts);
    }
}
