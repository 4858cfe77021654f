package io.twintrack.node.nbd;

import io.twintrack.node.socket.SocketPort;

import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/** A socket that clients connect to. */
final class Listener {
    /** After an error, as when all file descriptors of the process are in use. */
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final SocketPort sockets;
    private final int socket;
    private final long token;
    private final SocketAddress address;
    private boolean accepting;
    private boolean failed;
    private boolean stopping;
    private boolean closed;
    private long retryAtNs;

    Listener(final SocketPort sockets, final int socket, final long token) {
        this.sockets = sockets;
        this.socket = socket;
        this.token = token;
        address = sockets.localAddress(socket);
    }

    SocketAddress address() {
        return address;
    }

    boolean isClosed() {
        return closed;
    }

    void onAccepted(final boolean ok) {
        accepting = false;
        failed = !ok;
    }

    void stop() {
        if (!stopping) {
            stopping = true;
            sockets.shutdown(socket);
        }
    }

    void doWork(final long nowNs) {
        if (failed) {
            failed = false;
            retryAtNs = nowNs + RETRY_NS;
        }
        if (stopping) {
            closeWhenIdle();
        } else if (!accepting && nowNs - retryAtNs >= 0) {
            accepting = sockets.accept(token, socket);
        }
    }

    private void closeWhenIdle() {
        if (!accepting && !closed) {
            closed = true;
            sockets.close(socket);
        }
    }
}
