package io.twintrack.node;

import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Pair;
import io.twintrack.engine.pair.PairCommands;
import io.twintrack.engine.pair.PairStatus;
import io.twintrack.node.config.PairConfig;
import io.twintrack.node.config.Units;
import io.twintrack.node.config.VolumeConfig;
import io.twintrack.node.control.NodeRule;
import io.twintrack.node.control.PairTables;

import java.io.IOException;
import java.util.List;

/** The pairs that run on an HBA. HBA's thread only. */
final class HbaPairs implements PairTables {
    private final HbaAssembly assembly;

    HbaPairs(final HbaAssembly assembly) {
        this.assembly = assembly;
    }

    @Override
    public List<PairStatus> statuses(final long nowNs) {
        return assembly.hba().pairs().stream().map(pair -> pair.commands().status(nowNs)).toList();
    }

    @Override
    public PairCommands pair(final String name) {
        final Pair pair = assembly.hba().pair(name);
        return pair == null ? null : pair.commands();
    }

    @Override
    public void add(final PairConfig pair, final VolumeConfig volume, final CommandListener listener) {
        try {
            assembly.addPair(pair, volume);
            listener.onResult(CommandResult.done("pair " + pair.name() + " runs"));
        } catch (final IOException | RuntimeException e) {
            listener.onResult(CommandResult.refused(NodeRule.PAIR_STARTS.refuses(
                "pair " + pair.name() + " does not start: " + e.getMessage(),
                "VOLUME", pair.volume(), "PEER", pair.peer())));
        }
    }

    @Override
    public void remove(final String pair, final boolean byPeer, final CommandListener listener) {
        assembly.removePair(pair, byPeer, listener);
    }

    @Override
    public void forget(final String pair, final CommandListener listener) {
        try {
            assembly.forgetPair(pair);
            listener.onResult(CommandResult.done("the record of pair " + pair + " is removed"));
        } catch (final IOException e) {
            listener.onResult(CommandResult.refused(NodeRule.PAIR_RECORD_GOES.refuses(
                "the record of pair " + pair + " stays: " + IoErrors.sentence(e))));
        }
    }

    @Override
    public void resizeVolume(final VolumeConfig volume, final CommandListener listener) {
        try {
            assembly.resizeVolume(volume);
            listener.onResult(CommandResult.done("volume " + volume.name() + " has its new size"));
        } catch (final RuntimeException e) {
            listener.onResult(CommandResult.refused(NodeRule.VOLUME_RUNNING.refuses(e.getMessage(),
                "VOLUME", volume.name(), "SIZE", Units.sizeText(volume.size()))));
        }
    }
}
