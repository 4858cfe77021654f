package io.twintrack.bench.jmh;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import net.openhft.hashing.LongTupleHashFunction;
import org.agrona.BufferUtil;
import org.agrona.checksum.Checksum;
import org.agrona.checksum.Crc32c;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the wire's checksum costs a frame, and what the hash costs that decides whether two ranges are equal. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ChecksumBenchmark {

    /** 4 KiB and 60 KiB are payloads of one frame, 256 KiB is what one compare request covers. */
    @State(Scope.Thread)
    public static class Memory {
        @Param({"4096", "61440", "262144"})
        public int length;

        private final Checksum crc32c = Crc32c.INSTANCE;
        private final LongTupleHashFunction xx128 = LongTupleHashFunction.xx128();
        private final long[] hash = xx128.newResultArray();
        private ByteBuffer buffer;
        private long address;

        @Setup
        public void fill() {
            buffer = ByteBuffer.allocateDirect(length + 4096).alignedSlice(4096);
            address = BufferUtil.address(buffer);
            for (int i = 0; i < length; i++) {
                buffer.put(i, (byte) (i * 31 + (i >>> 8)));
            }
        }
    }

    @Benchmark
    public int crc32c(final Memory memory) {
        return memory.crc32c.compute(memory.address, 0, memory.length);
    }

    @Benchmark
    public long[] xx128(final Memory memory) {
        memory.xx128.hashMemory(memory.address, memory.length, memory.hash);
        return memory.hash;
    }
}
