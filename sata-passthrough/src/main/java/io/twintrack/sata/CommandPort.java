package io.twintrack.sata;

/**
 * A way for the commands of one {@link CommandTable} into the system that does not wait for the disk. One thread
 * starts commands and takes their ends.
 */
interface CommandPort extends AutoCloseable {

    /** Takes ends of commands; their headers and sense data lie in the table. */
    @FunctionalInterface
    interface Listener {
        void onEnd(int cell);
    }

    /** Returned by {@link #start}: there is no room, try again after an end. */
    int FULL = -1;

    /** @return 0, {@link #FULL}, or the system's error number; only with 0 there will be an end. */
    int start(int cell);

    /** Delivers the ends that are there. @return how many. */
    int poll(Listener listener);

    /** Why the system refused a started command after all, 0 when it did not; valid while its end is delivered. */
    default int errno(final int cell) {
        return 0;
    }

    /** Whether the system copies transfers unless a reply says that it did not. */
    default boolean isCopying() {
        return false;
    }

    /** Commands that the system has. */
    int inFlight();

    /** How many files there are to watch for ends with poll(2), and which. */
    int watchCount();

    int watch(int index);

    String describe();

    /** With nothing in flight. */
    @Override
    void close();
}
