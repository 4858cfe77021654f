package io.twintrack.bench.load;

import java.util.Set;

/**
 * A volume as a program sees it that embeds Twintrack: no client protocol between. It has a number of buffers, each
 * for one request at a time. One thread, the one that opened it.
 */
public interface EmbeddedVolume extends AutoCloseable {

    /** Buffers, counted from 0. */
    int buffers();

    /** Bytes in a buffer: the longest request. */
    int bufferLength();

    /** Of a buffer's first byte. From a request's start to its completion the bytes are the volume's. */
    long address(int buffer);

    /** @return false when nothing more can be taken now. */
    boolean write(int buffer, int length, long offset);

    /** As {@link #write}. */
    boolean read(int buffer, int length, long offset);

    /** Delivers the completions that have arrived. @return how many. */
    int poll(CompletionListener listener);

    /** The processes that do its work; with this one if the HBA runs in it. */
    Set<Long> pids();

    /** Called with nothing in flight. */
    @Override
    void close();

    /** Hears how the request on a buffer ended. */
    @FunctionalInterface
    interface CompletionListener {
        void onComplete(int buffer, boolean ok);
    }
}
