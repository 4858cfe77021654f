package io.twintrack.engine.pair;

import java.util.Arrays;
import java.util.Random;

/** One node of the model: a disk with a volatile cache, a superblock, marks, and a process that comes and goes. */
final class ModelSide {
    static final int BLOCKS = 8;
    static final int BLOCKS_PER_REGION = 2;
    static final int REGIONS = BLOCKS / BLOCKS_PER_REGION;
    private static final Generation PAIR = new Generation(1, 1);

    final int index;
    final Mode mode;

    // What a power loss leaves.
    final int[] stable = new int[BLOCKS];
    final boolean[] durableTracks = new boolean[BLOCKS];
    final boolean[] intent = new boolean[REGIONS];
    Role role;
    SideState state = SideState.UP_TO_DATE;
    SideState peerState = SideState.UP_TO_DATE;
    Generation current;
    Generation base = Generation.NONE;
    Generation syncGeneration = Generation.NONE;
    final Generation[] history = {Generation.NONE, Generation.NONE, Generation.NONE};
    boolean servingMark;
    boolean fresh;
    boolean fullCompare;
    long lastOwnLife;
    long lastPeerLife;

    // What it does not leave.
    final int[] content = new int[BLOCKS];
    final boolean[] tracks = new boolean[BLOCKS];
    long life;
    boolean up = true;
    boolean serving;
    boolean clients;
    boolean crashed;

    ModelSide(final int index, final Role role, final Mode mode, final Generation current) {
        this.index = index;
        this.role = role;
        this.mode = mode;
        this.current = current;
        this.life = 1 + index;
    }

    boolean isPrimary() {
        return role == Role.PRIMARY;
    }

    /** Goes on without the other side. It must not keep a generation that the other side may have or get. */
    void goAlone(final Generation next) {
        if (base.isNone() || peerState == SideState.INCONSISTENT) {
            remember(base);
            base = current;
            current = next;
        }
        peerState = SideState.OUTDATED;
        for (int block = 0; block < BLOCKS; block++) {
            tracks[block] |= intent[block / BLOCKS_PER_REGION];
        }
    }

    void remember(final Generation old) {
        if (!old.isNone() && !old.equals(history[0])) {
            history[2] = history[1];
            history[1] = history[0];
            history[0] = old;
        }
    }

    void serve(final boolean withClients) {
        servingMark = true;
        serving = true;
        clients = withClients;
    }

    void demote() {
        role = Role.REDUNDANT;
        servingMark = false;
        serving = false;
        clients = false;
        flush();
        saveTracks();
    }

    void flush() {
        System.arraycopy(content, 0, stable, 0, BLOCKS);
    }

    void saveTracks() {
        System.arraycopy(tracks, 0, durableTracks, 0, BLOCKS);
    }

    void clearMarks() {
        Arrays.fill(tracks, false);
        Arrays.fill(durableTracks, false);
        Arrays.fill(intent, false);
    }

    void noteLives(final ModelSide peer) {
        lastOwnLife = life;
        lastPeerLife = peer.life;
    }

    void losePower(final Random random) {
        life += 2;
        for (int block = 0; block < BLOCKS; block++) {
            if (random.nextInt(4) > 0) {
                content[block] = stable[block];
            }
        }
        flush();
        crash();
    }

    void crash() {
        up = false;
        serving = false;
        clients = false;
    }

    void start() {
        up = true;
        crashed = servingMark || count(intent) > 0;
        System.arraycopy(durableTracks, 0, tracks, 0, BLOCKS);
    }

    SideView view() {
        final SideView view = new SideView();
        view.pairId = PAIR;
        view.size = BLOCKS;
        view.sectorSize = 1;
        view.trackSize = 1;
        view.mode = mode;
        view.role = role;
        view.sideState = state;
        view.peerSideState = peerState;
        view.crashed = crashed;
        view.clients = clients;
        view.fullCompare = fullCompare;
        view.fresh = fresh;
        view.current = current;
        view.base = base;
        System.arraycopy(history, 0, view.history, 0, SideView.HISTORY);
        view.syncGeneration = syncGeneration;
        view.life = life;
        view.lastOwnLife = lastOwnLife;
        view.lastPeerLife = lastPeerLife;
        view.markedTracks = count(tracks);
        view.activeRegions = count(intent);
        return view;
    }

    private static int count(final boolean[] bits) {
        int set = 0;
        for (final boolean bit : bits) {
            set += bit ? 1 : 0;
        }
        return set;
    }

    @Override
    public String toString() {
        return "side " + index + " " + role + " " + state + " peer " + peerState + " current " + current.low()
            + " base " + base.low() + " sync " + syncGeneration.low() + " history " + history[0].low() + ","
            + history[1].low() + "," + history[2].low() + (up ? " up" : " down") + (serving ? " serving" : "")
            + (clients ? " clients" : "") + (crashed ? " crashed" : "") + (fresh ? " fresh" : "")
            + (fullCompare ? " fullCompare" : "") + " life " + life + "/" + lastOwnLife + " peer's " + lastPeerLife
            + " content " + Arrays.toString(content) + " tracks " + Arrays.toString(tracks) + " intent "
            + Arrays.toString(intent);
    }
}
