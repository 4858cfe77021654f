package io.twintrack.bench.load;

import java.util.Set;

/**
 * A volume as a program sees it that embeds Twintrack: no client protocol between. All calls come from the thread
 * that opened it. If the HBA runs on that thread too, {@link #poll} is its duty cycle.
 */
public interface EmbeddedVolume extends AutoCloseable {

    /** Memory for requests, page-aligned and fit for direct I/O; it lives until {@link #close()}. */
    long allocate(int length);

    /**
     * @param length up to 1 MiB; whoever has a lower limit splits and completes the whole.
     * @param tag    comes back with the completion.
     * @return false when nothing more can be taken now.
     */
    boolean write(long address, int length, long offset, long tag);

    /** As {@link #write}. */
    boolean read(long address, int length, long offset, long tag);

    /** Delivers the completions that have arrived. @return how many. */
    int poll(CompletionListener listener);

    /** The processes that do its work; with this one if the HBA runs in it. */
    Set<Long> pids();

    /** Called with nothing in flight. */
    @Override
    void close();

    /** Hears how a request ended. */
    @FunctionalInterface
    interface CompletionListener {
        void onComplete(long tag, boolean ok);
    }
}
