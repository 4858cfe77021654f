package io.twintrack.node.e2e;

import io.twintrack.transport.relay.Direction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Somebody on the way recorded how a session was opened, datagram by datagram, and says it again. */
class ReplayTest {
    @TempDir(factory = WorkFolder.class)
    private Path folder;
    private final List<byte[]> recorded = new CopyOnWriteArrayList<>();

    private boolean record(final ByteBuffer datagram) {
        final byte[] bytes = new byte[datagram.limit()];
        datagram.get(0, bytes);
        recorded.add(bytes);
        return false;
    }

    private void replay(final Pair pair) {
        for (final byte[] datagram : recorded) {
            pair.relay().inject(Direction.A_TO_B, datagram);
        }
        Wait.pass(0.2);
    }

    @Test
    void aReplayedHandshakeOpensNothing() throws IOException {
        Tool.assumeInstalled("kill", "cmp");
        final long seed = Long.getLong("twintrack.seed", System.nanoTime() >>> 16);
        final Pair fresh = new Pair(folder).size(8 << 20).link("reply-timeout", "200 ms").link("mtu", 8192).relayed(seed);
        fresh.relay().faults(Direction.A_TO_B).filter(this::record);
        try (Pair pair = fresh.start()) {
            pair.relay().heal();
            System.out.println("recorded " + recorded.size());
            final StampedBlocks blocks = new StampedBlocks(pair.nbd(), "vol0", pair.size(), seed);
            final Thread load = blocks.start();
            for (int i = 0; i < 5; i++) {
                replay(pair);
            }
            System.out.println(pair.status("target"));
            System.out.println(ControlSocket.get(folder.resolve("target/meta/control.sock"), "/v1/node"));
            pair.relay().faults(Direction.A_TO_B).cut(true);
            pair.target().stop();
            System.out.println("TARGET 1 " + pair.target().log());
            pair.startTarget();
            pair.target().awaitLogged("Running as", 1, 20);
            for (int i = 0; i < 20; i++) {
                replay(pair);
            }
            System.out.println(pair.status("target"));
            System.out.println(ControlSocket.get(folder.resolve("target/meta/control.sock"), "/v1/node"));
            pair.relay().heal();
            pair.awaitUpToDate();
            for (int i = 0; i < 5; i++) {
                replay(pair);
            }
            blocks.stop(load);
            blocks.check();
            pair.stopAndCompare();
            System.out.println("TARGET 2 " + pair.target().log());
        }
    }
}
