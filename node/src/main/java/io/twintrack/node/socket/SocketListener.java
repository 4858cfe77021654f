package io.twintrack.node.socket;

/** Takes the completions of one {@link SocketPort}, on the HBA's thread. */
@FunctionalInterface
public interface SocketListener {
    /**
     * @param result of an accept the new socket; of a receive or a send the bytes moved, where a receive of 0 means
     *               that the peer has ended its side; or a negated errno.
     */
    void onSocketComplete(long token, int result);
}
