package io.twintrack.uring;

/** Takes the completions of one owner of a {@link Ring}, from within {@link Ring#poll()}. */
@FunctionalInterface
public interface CompletionHandler {
    /**
     * @param token    as given with the operation.
     * @param result   what the system call would have returned, or a negative error number.
     * @param cqeFlags IORING_CQE_F_* of io_uring_enter(2).
     */
    void onCompletion(long token, int result, int cqeFlags);

    /** The submission queue has room; called once, from the next {@link Ring#poll()}, if it was asked for. */
    default void onRoom() {
    }
}
