package io.twintrack.engine.port;

/** What stands behind all devices and sockets of one HBA: the io_uring, or its stand-in. HBA's thread only. */
public interface IoQueue {

    /** Delivers the completions that have arrived. @return how many. */
    int poll();

    /** Hands to the system what was queued since the last call; enters the kernel at most once. @return how many. */
    int submit();
}
