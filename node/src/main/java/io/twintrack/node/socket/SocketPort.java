package io.twintrack.node.socket;

import java.io.IOException;
import java.net.SocketAddress;

/**
 * Stream sockets that are used asynchronously: every operation names a token (0 to 2^47 - 1) that comes back with its completion.
 * Memory that an operation points to stays valid until then; so does its {@link IoVector}. Short transfers are reported
 * as such, the caller continues them.
 *
 * <p>An operation that returns {@code false} was not started: try again in a later cycle. One that is started always
 * completes. At most one accept, one receive and one send are pending on a socket.
 *
 * <p>Threading: HBA's thread only. The listener is never called from within an operation.
 */
public interface SocketPort extends AutoCloseable {

    /** Completions go here from now on. Set once, before the first operation. */
    void listener(SocketListener listener);

    /**
     * Opens a listening socket.
     *
     * @param address an {@link java.net.InetSocketAddress}, port 0 for any free one, or a
     *                {@link java.net.UnixDomainSocketAddress}, whose path must not exist.
     * @return the socket.
     */
    int listen(SocketAddress address) throws IOException;

    /** Where a listening socket listens, with the port that it got. */
    SocketAddress localAddress(int socket);

    boolean accept(long token, int socket);

    boolean receive(long token, int socket, IoVector vector);

    boolean send(long token, int socket, IoVector vector);

    /** Ends both directions: what is pending completes soon, the peer sees the end. Harmless if already ended. */
    void shutdown(int socket);

    /** Gives the socket up. Nothing is pending on it. A Unix socket that listened is removed from the file system. */
    void close(int socket);

    /** Delivers completions, where that is not done by the ring that the HBA polls anyway. @return how many. */
    int poll();

    /** Closes whatever is still open. */
    @Override
    void close();
}
