package io.twintrack.uring;

/** What both rings share: their owners, and every operation written down as the fields of a submission queue entry. */
abstract class SqeRing implements Ring {
    private static final int SOCK_CLOEXEC = 0x80000;

    final Owners owners = new Owners();
    private long sqFull;
    private boolean closed;

    /** The fields as io_uring_enter(2) has them for this opcode. There is room. */
    abstract void put(
        int opcode, long userData, int fd, long offset, long address, int length, int operationFlags);

    /** Its memory is gone after {@link #close()}: whoever touches it would take the JVM down. */
    final void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the ring is closed");
        }
    }

    final boolean isClosed() {
        return closed;
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            release();
        }
    }

    /** Ends what is in flight and gives the memory back, once. */
    abstract void release();

    private boolean queue(
        final int opcode, final int owner, final long token, final int fd, final long offset, final long address,
        final int length, final int operationFlags) {
        final long userData = Owners.userData(owner, token);
        checkOpen();
        if (room() == 0) {
            sqFull++;
            return false;
        }
        put(opcode, userData, fd, offset, address, length, operationFlags);
        return true;
    }

    @Override
    public final int register(final CompletionHandler handler) {
        return owners.register(handler);
    }

    @Override
    public final void callWhenRoom(final int owner) {
        owners.callWhenRoom(owner);
    }

    @Override
    public final boolean nop(final int owner, final long token) {
        return queue(Abi.OP_NOP, owner, token, -1, 0, 0, 0, 0);
    }

    @Override
    public final boolean read(
        final int owner, final long token, final int fd, final long address, final int length, final long offset,
        final int rwFlags) {
        return queue(Abi.OP_READ, owner, token, fd, offset, address, length, rwFlags);
    }

    @Override
    public final boolean write(
        final int owner, final long token, final int fd, final long address, final int length, final long offset,
        final int rwFlags) {
        return queue(Abi.OP_WRITE, owner, token, fd, offset, address, length, rwFlags);
    }

    @Override
    public final boolean readv(
        final int owner, final long token, final int fd, final long iovecs, final int count, final long offset,
        final int rwFlags) {
        return queue(Abi.OP_READV, owner, token, fd, offset, iovecs, count, rwFlags);
    }

    @Override
    public final boolean writev(
        final int owner, final long token, final int fd, final long iovecs, final int count, final long offset,
        final int rwFlags) {
        return queue(Abi.OP_WRITEV, owner, token, fd, offset, iovecs, count, rwFlags);
    }

    @Override
    public final boolean fsync(final int owner, final long token, final int fd, final boolean dataOnly) {
        return queue(Abi.OP_FSYNC, owner, token, fd, 0, 0, 0, dataOnly ? Abi.FSYNC_DATASYNC : 0);
    }

    @Override
    public final boolean fallocate(
        final int owner, final long token, final int fd, final int mode, final long offset, final long length) {
        return queue(Abi.OP_FALLOCATE, owner, token, fd, offset, length, mode, 0);
    }

    @Override
    public final boolean accept(final int owner, final long token, final int fd) {
        return queue(Abi.OP_ACCEPT, owner, token, fd, 0, 0, 0, SOCK_CLOEXEC);
    }

    @Override
    public final boolean connect(
        final int owner, final long token, final int fd, final long sockaddr, final int sockaddrLength) {
        return queue(Abi.OP_CONNECT, owner, token, fd, sockaddrLength, sockaddr, 0, 0);
    }

    @Override
    public final boolean recv(
        final int owner, final long token, final int fd, final long address, final int length, final int flags) {
        return queue(Abi.OP_RECV, owner, token, fd, 0, address, length, flags);
    }

    @Override
    public final boolean send(
        final int owner, final long token, final int fd, final long address, final int length, final int flags) {
        return queue(Abi.OP_SEND, owner, token, fd, 0, address, length, flags | Sockets.MSG_NOSIGNAL);
    }

    @Override
    public final boolean recvmsg(final int owner, final long token, final int fd, final long msghdr, final int flags) {
        return queue(Abi.OP_RECVMSG, owner, token, fd, 0, msghdr, 1, flags);
    }

    @Override
    public final boolean sendmsg(final int owner, final long token, final int fd, final long msghdr, final int flags) {
        return queue(Abi.OP_SENDMSG, owner, token, fd, 0, msghdr, 1, flags | Sockets.MSG_NOSIGNAL);
    }

    @Override
    public final boolean pollAdd(final int owner, final long token, final int fd, final int events) {
        return queue(Abi.OP_POLL_ADD, owner, token, fd, 0, 0, 0, events);
    }

    @Override
    public final boolean close(final int owner, final long token, final int fd) {
        unregisterFile(fd);
        return queue(Abi.OP_CLOSE, owner, token, fd, 0, 0, 0, 0);
    }

    /** The duration travels in the offset; the ring puts it where its system call looks for it. */
    @Override
    public final boolean timeout(final int owner, final long token, final long durationNs) {
        return queue(Abi.OP_TIMEOUT, owner, token, -1, durationNs, 0, 1, 0);
    }

    @Override
    public final boolean cancel(final int owner, final long token, final int targetOwner, final long targetToken) {
        return queue(Abi.OP_ASYNC_CANCEL, owner, token, -1, 0, Owners.userData(targetOwner, targetToken), 0, 0);
    }

    @Override
    public final long sqFull() {
        return sqFull;
    }
}
