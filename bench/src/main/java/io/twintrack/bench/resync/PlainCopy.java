package io.twintrack.bench.resync;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** The bound of a resync: the same runs from one file to another with O_DIRECT, several at a time, then fsync. */
final class PlainCopy {
    private static final int AT_A_TIME = 8;
    private static final int PAGE = 4096;

    private PlainCopy() {
    }

    /** @return seconds. */
    static double seconds(final Path from, final Path to, final long size, final int run, final int stride)
        throws IOException, InterruptedException {
        final AtomicLong next = new AtomicLong();
        final ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
        try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
            FileChannel sink = FileChannel.open(to, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)) {
            final long beginNs = System.nanoTime();
            final List<Future<?>> copies = new ArrayList<>();
            for (int i = 0; i < AT_A_TIME; i++) {
                copies.add(threads.submit(() -> copy(source, sink, size, run, stride, next)));
            }
            for (final Future<?> copy : copies) {
                copy.get();
            }
            sink.force(false);
            return (System.nanoTime() - beginNs) / 1e9;
        } catch (final ExecutionException e) {
            throw new IOException(e.getCause());
        } finally {
            threads.shutdown();
        }
    }

    private static Void copy(
        final FileChannel source, final FileChannel sink, final long size, final int run, final int stride,
        final AtomicLong next) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(run + PAGE).alignedSlice(PAGE).limit(run).slice();
        for (long at = next.getAndAdd(stride); at + run <= size; at = next.getAndAdd(stride)) {
            source.read(buffer.clear(), at);
            sink.write(buffer.flip(), at);
        }
        return null;
    }
}
