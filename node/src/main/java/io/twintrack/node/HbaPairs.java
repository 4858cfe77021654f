package io.twintrack.node;

import io.twintrack.engine.counters.Counter;
import io.twintrack.engine.hba.Hba;
import io.twintrack.engine.origin.PrimaryVolume;
import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.PairCommands;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.PairStatus;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.pair.SideState;
import io.twintrack.node.config.HbaConfig;
import io.twintrack.node.config.PairConfig;
import io.twintrack.node.config.VolumeConfig;
import io.twintrack.node.control.PairTables;

import java.util.ArrayList;
import java.util.List;

/** The pairs that an HBA is origin of. They live as long as it does: what is changed takes effect at its next start. */
final class HbaPairs implements PairTables {
    private static final String RULE = "pairs are made and ended when the node starts";

    private final Hba hba;
    private final HbaConfig config;

    HbaPairs(final Hba hba, final HbaConfig config) {
        this.hba = hba;
        this.config = config;
    }

    @Override
    public List<PairStatus> statuses(final long nowNs) {
        final List<PairStatus> statuses = new ArrayList<>();
        for (final PrimaryVolume volume : hba.volumes()) {
            final PairConfig pair = config.pairs().stream()
                .filter(one -> one.name().equals(volume.name())).findFirst().orElseThrow();
            statuses.add(status(volume, pair, nowNs));
        }
        return statuses;
    }

    @Override
    public PairCommands pair(final String name) {
        return null;
    }

    @Override
    public void add(final PairConfig pair, final VolumeConfig volume, final CommandListener listener) {
        listener.onResult(CommandResult.done(
            "pair " + pair.name() + " is recorded; it runs from the node's next start on"));
    }

    @Override
    public void remove(final String pair, final CommandListener listener) {
        listener.onResult(CommandResult.refused("pair " + pair + " runs", RULE, null));
    }

    @Override
    public void resizeVolume(final VolumeConfig volume, final CommandListener listener) {
        listener.onResult(CommandResult.refused("the pair on volume " + volume.name() + " runs", RULE, null));
    }

    private PairStatus status(final PrimaryVolume volume, final PairConfig pair, final long nowNs) {
        final long tracks = (volume.size() + pair.track() - 1) / pair.track();
        final PairState state = state(volume);
        final boolean equal = state == PairState.UP_TO_DATE;
        return new PairStatus(
            pair.name(), pair.volume(), Role.PRIMARY, state, SideState.UP_TO_DATE,
            equal ? SideState.UP_TO_DATE : SideState.INCONSISTENT, config.peer(pair.peer()).iqn(),
            state != PairState.CONNECTING && state != PairState.SEVERED, Mode.DISK, volume.size(), pair.track(),
            state == PairState.SEVERED ? SeveredBy.RETRIES : SeveredBy.NONE, volume.pair().state().name(), nowNs,
            equal ? 0 : tracks, tracks, 0, 0, null, null, 0, null, null, hba.counters().get(Counter.READS),
            hba.counters().get(Counter.WRITES), hba.counters().get(Counter.FLUSHES),
            hba.counters().get(Counter.REQUESTS_FAILED), hba.counters().get(Counter.FRAMES_RESENT), List.of());
    }

    private static PairState state(final PrimaryVolume volume) {
        return switch (volume.pair().state()) {
            case CONNECTING -> PairState.CONNECTING;
            case COMPARING -> PairState.FULL_SYNC;
            case UP_TO_DATE -> PairState.UP_TO_DATE;
            case SEVERED, FAILED -> PairState.SEVERED;
        };
    }
}
