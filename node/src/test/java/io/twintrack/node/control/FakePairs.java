package io.twintrack.node.control;

import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.PairCommands;
import io.twintrack.engine.pair.PairEvent;
import io.twintrack.engine.pair.PairState;
import io.twintrack.engine.pair.PairStatus;
import io.twintrack.engine.pair.ResyncStatus;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.pair.SideState;
import io.twintrack.engine.pair.VerifyStatus;
import io.twintrack.node.config.PairConfig;
import io.twintrack.node.config.VolumeConfig;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Pairs that write down what they are told and answer what a test wants. One thread, that of a rig's HBA. */
public final class FakePairs implements PairTables {
    /** What was asked, in order. Any thread reads. */
    public final List<String> asked = new CopyOnWriteArrayList<>();
    /** What the next commands answer; {@code null} never answers. */
    public volatile CommandResult answer = CommandResult.done("done");
    /** The same for records that are removed. */
    public volatile CommandResult answerOfRecords = CommandResult.done("done");
    public volatile PairState state = PairState.UP_TO_DATE;
    public volatile ResyncStatus resync;
    public volatile VerifyStatus verify;
    private final Map<String, PairConfig> pairs = new TreeMap<>();
    private final Map<String, Long> sizes = new TreeMap<>();
    private volatile Thread thread;

    public FakePairs(final PairConfig pair, final VolumeConfig volume) {
        pairs.put(pair.name(), pair);
        sizes.put(pair.name(), volume.size());
    }

    @Override
    public List<PairStatus> statuses(final long nowNs) {
        checkThread();
        final List<PairStatus> statuses = new ArrayList<>();
        pairs.values().forEach(pair -> statuses.add(status(pair, nowNs)));
        return statuses;
    }

    @Override
    public PairCommands pair(final String name) {
        checkThread();
        return pairs.containsKey(name) ? new FakePair(name) : null;
    }

    @Override
    public void add(final PairConfig pair, final VolumeConfig volume, final CommandListener listener) {
        checkThread();
        if (answered("add " + pair.name() + ' ' + pair.role() + ' ' + volume.name(), listener)) {
            pairs.put(pair.name(), pair);
            sizes.put(pair.name(), volume.size());
        }
    }

    @Override
    public void remove(final String pair, final boolean byPeer, final CommandListener listener) {
        checkThread();
        if (answered("remove " + pair, listener)) {
            pairs.remove(pair);
        }
    }

    @Override
    public void forget(final String pair, final CommandListener listener) {
        checkThread();
        if (pairs.containsKey(pair)) {
            throw new IllegalStateException("pair " + pair + " runs");
        }
        asked.add("forget " + pair);
        listener.onResult(answerOfRecords);
    }

    @Override
    public void resizeVolume(final VolumeConfig volume, final CommandListener listener) {
        checkThread();
        answered("resize volume " + volume.name() + ' ' + volume.size(), listener);
    }

    private boolean answered(final String question, final CommandListener listener) {
        asked.add(question);
        final CommandResult result = answer;
        if (result != null) {
            listener.onResult(result);
        }
        return result != null && result.done();
    }

    private void checkThread() {
        if (thread == null) {
            thread = Thread.currentThread();
        }
        if (thread != Thread.currentThread()) {
            throw new IllegalStateException("not the HBA's thread");
        }
    }

    private PairStatus status(final PairConfig pair, final long nowNs) {
        return new PairStatus(pair.name(), pair.volume(),
            pair.role() == PairConfig.Role.ORIGIN ? Role.PRIMARY : Role.REDUNDANT, state, SideState.UP_TO_DATE,
            SideState.OUTDATED, "iqn.2026-11.io.twintrack:host-b", true, Mode.DISK, sizes.get(pair.name()), 4096,
            SeveredBy.COMMAND, "because", nowNs - 5_000_000_000L, 3, 256, 2, 1024, resync, verify, 1,
            "0123456789abcdef0123456789abcdef", null, 10, 20, 30, 1, 2, 4096, 7, List.of(PairEvent.Kind.DISK_FAILED));
    }

    private final class FakePair implements PairCommands {
        private final String name;

        FakePair(final String name) {
            this.name = name;
        }

        @Override
        public PairStatus status(final long nowNs) {
            return FakePairs.this.status(pairs.get(name), nowNs);
        }

        @Override
        public void sever(final CommandListener listener) {
            answered("sever " + name, listener);
        }

        @Override
        public void reestablish(final Keep keep, final CommandListener listener) {
            answered("reestablish " + name + ' ' + keep, listener);
        }

        @Override
        public void promote(final boolean force, final CommandListener listener) {
            answered("promote " + name + ' ' + force, listener);
        }

        @Override
        public void demote(final CommandListener listener) {
            answered("demote " + name, listener);
        }

        @Override
        public void resize(final long newSize, final CommandListener listener) {
            if (answered("resize " + name + ' ' + newSize, listener)) {
                sizes.put(name, newSize);
            }
        }

        @Override
        public void verify(final CommandListener listener) {
            answered("verify " + name, listener);
        }

        @Override
        public void repair(final Role from, final CommandListener listener) {
            answered("repair " + name + ' ' + from, listener);
        }

        @Override
        public void acceptDisk(final CommandListener listener) {
            answered("accept disk " + name, listener);
        }
    }
}
