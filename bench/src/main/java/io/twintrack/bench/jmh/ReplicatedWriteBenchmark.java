package io.twintrack.bench.jmh;

import io.twintrack.engine.Status;
import io.twintrack.engine.host.CompletionHandler;
import io.twintrack.engine.host.HostClient;
import io.twintrack.node.demo.NbdHandshake;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A replicated 4 KiB write through everything: client, origin, wire, target, both disks. Run it with
 * {@code -prof gc}: both nodes and the client are in the process, so the normalised rate is what one write allocates
 * anywhere on its way.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class ReplicatedWriteBenchmark {
    private static final int LENGTH = 4096;
    private static final int DEPTH = 32;

    /** A program that embeds the origin. */
    @State(Scope.Thread)
    public static class HostState {
        private final CompletionHandler completed = this::onCompletion;
        private HostClient client;
        private int failures;

        @Setup
        public void open(final MirroredPair pair) {
            client = pair.origin.hostClient(0);
        }

        private void onCompletion(final long correlationId, final int slot, final Status status) {
            failures += status == Status.OK ? 0 : 1;
        }
    }

    /** A client on the network. */
    @State(Scope.Thread)
    public static class NbdState {
        private static final int REQUEST_MAGIC = 0x25609513;
        private static final int REQUEST_HEADER = 28;
        private static final int SIMPLE_REPLY = 16;
        private static final short WRITE = 1;

        private final ByteBuffer requests = ByteBuffer.allocateDirect(DEPTH * (REQUEST_HEADER + LENGTH));
        private final ByteBuffer replies = ByteBuffer.allocateDirect(DEPTH * SIMPLE_REPLY);
        private SocketChannel socket;

        @Setup
        public void attach(final MirroredPair pair) throws IOException {
            socket = SocketChannel.open(pair.nbd());
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            NbdHandshake.attach(socket, socket, "vol0");
        }

        @TearDown
        public void detach() throws IOException {
            socket.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(DEPTH)
    public int host(final HostState state) {
        for (int slot = 0; slot < DEPTH; slot++) {
            while (!state.client.write(0, slot, LENGTH, randomOffset(), false, slot)) {
                Thread.onSpinWait();
            }
        }
        while (state.client.outstanding() > 0) {
            state.client.poll(state.completed);
        }
        if (state.failures > 0) {
            throw new IllegalStateException(state.failures + " writes failed");
        }
        return state.failures;
    }

    @Benchmark
    @OperationsPerInvocation(DEPTH)
    public int nbd(final NbdState state) throws IOException {
        final ByteBuffer requests = state.requests.clear();
        for (int i = 0; i < DEPTH; i++) {
            requests.putInt(NbdState.REQUEST_MAGIC).putShort((short) 0).putShort(NbdState.WRITE)
                .putLong(i).putLong(randomOffset()).putInt(LENGTH);
            requests.position(requests.position() + LENGTH);
        }
        MirroredPair.fully(state.socket, requests.flip(), true);
        MirroredPair.fully(state.socket, state.replies.clear(), false);
        int failures = 0;
        for (int i = 0; i < DEPTH; i++) {
            failures += state.replies.getInt(i * NbdState.SIMPLE_REPLY + 4) == 0 ? 0 : 1;
        }
        if (failures > 0) {
            throw new IllegalStateException(failures + " writes failed");
        }
        return failures;
    }

    private static long randomOffset() {
        return ThreadLocalRandom.current().nextLong(MirroredPair.SIZE / LENGTH) * LENGTH;
    }
}
