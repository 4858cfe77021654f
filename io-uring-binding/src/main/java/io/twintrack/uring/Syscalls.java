package io.twintrack.uring;

import org.agrona.UnsafeApi;

/** The operations of a {@link SyscallRing}: a table of arguments, and the plain system call that does each one. */
final class Syscalls implements AutoCloseable {
    static final int WOULD_BLOCK = Integer.MIN_VALUE;

    private final int[] opcodes;
    private final long[] userData;
    private final int[] fds;
    private final long[] offsets;
    private final long[] addresses;
    private final int[] lengths;
    private final int[] flags;
    private final int[] done;
    private final int[] results;
    private final NativeMemory iovec = NativeMemory.map(16);

    Syscalls(final int capacity) {
        opcodes = new int[capacity];
        userData = new long[capacity];
        fds = new int[capacity];
        offsets = new long[capacity];
        addresses = new long[capacity];
        lengths = new int[capacity];
        flags = new int[capacity];
        done = new int[capacity];
        results = new int[capacity];
    }

    void put(
        final int op, final int opcode, final long data, final int fd, final long offset, final long address,
        final int length, final int operationFlags) {
        opcodes[op] = opcode;
        userData[op] = data;
        fds[op] = fd;
        offsets[op] = offset;
        addresses[op] = address;
        lengths[op] = length;
        flags[op] = operationFlags;
        done[op] = 0;
    }

    int opcode(final int op) {
        return opcodes[op];
    }

    long userData(final int op) {
        return userData[op];
    }

    int fd(final int op) {
        return fds[op];
    }

    /** In the file, or of a time-out the end. */
    long offset(final int op) {
        return offsets[op];
    }

    long address(final int op) {
        return addresses[op];
    }

    int result(final int op) {
        return results[op];
    }

    void result(final int op, final int value) {
        results[op] = value;
    }

    /** Those that would block, or that end by poll(2) or by the clock alone. */
    boolean waitsFirst(final int op) {
        return switch (opcodes[op]) {
            case Abi.OP_ACCEPT, Abi.OP_POLL_ADD, Abi.OP_TIMEOUT -> true;
            default -> false;
        };
    }

    int pollEvents(final int op) {
        return switch (opcodes[op]) {
            case Abi.OP_POLL_ADD -> flags[op];
            case Abi.OP_SEND, Abi.OP_SENDMSG -> Sockets.POLLOUT;
            default -> Sockets.POLLIN;
        };
    }

    /** @return the result, a negative error number, or {@link #WOULD_BLOCK}. */
    int attempt(final int op) {
        final int fd = fds[op];
        return switch (opcodes[op]) {
            case Abi.OP_READ, Abi.OP_WRITE -> transfer(op);
            case Abi.OP_READV -> orErrno(Libc.preadv2(fd, addresses[op], lengths[op], offsets[op], flags[op]));
            case Abi.OP_WRITEV -> orErrno(Libc.pwritev2(fd, addresses[op], lengths[op], offsets[op], flags[op]));
            case Abi.OP_FSYNC -> orErrno((int) (flags[op] != 0 ? Libc.fdatasync(fd) : Libc.fsync(fd)));
            case Abi.OP_FALLOCATE -> orErrno((int) Libc.fallocate(fd, lengths[op], offsets[op], addresses[op]));
            case Abi.OP_ACCEPT -> orErrno((int) Libc.accept4(fd, 0, 0, flags[op]));
            case Abi.OP_CONNECT -> orErrno((int) Libc.connect(fd, addresses[op], offsets[op]));
            case Abi.OP_CLOSE -> orErrno((int) Libc.close(fd));
            case Abi.OP_RECV, Abi.OP_SEND -> stream(op);
            case Abi.OP_RECVMSG ->
                orBlocked(orErrno(Libc.recvmsg(fd, addresses[op], flags[op] | Sockets.MSG_DONTWAIT)));
            case Abi.OP_SENDMSG ->
                orBlocked(orErrno(Libc.sendmsg(fd, addresses[op], flags[op] | Sockets.MSG_DONTWAIT)));
            default -> 0;
        };
    }

    private int transfer(final int op) {
        final boolean read = opcodes[op] == Abi.OP_READ;
        if (flags[op] == 0) {
            return orErrno(read ?
                Libc.pread(fds[op], addresses[op], lengths[op], offsets[op]) :
                Libc.pwrite(fds[op], addresses[op], lengths[op], offsets[op]));
        }
        UnsafeApi.putLong(iovec.address(), addresses[op]);
        UnsafeApi.putLong(iovec.address() + 8, lengths[op]);
        return orErrno(read ?
            Libc.preadv2(fds[op], iovec.address(), 1, offsets[op], flags[op]) :
            Libc.pwritev2(fds[op], iovec.address(), 1, offsets[op], flags[op]));
    }

    /** With MSG_WAITALL it goes on until the length, the end of the stream or an error. */
    private int stream(final int op) {
        final boolean all = (flags[op] & Sockets.MSG_WAITALL) != 0;
        final int callFlags = flags[op] & ~Sockets.MSG_WAITALL | Sockets.MSG_DONTWAIT;
        while (true) {
            final long address = addresses[op] + done[op];
            final long length = lengths[op] - done[op];
            final int result = orBlocked(orErrno(opcodes[op] == Abi.OP_RECV ?
                Libc.recv(fds[op], address, length, callFlags) :
                Libc.send(fds[op], address, length, callFlags)));
            if (result > 0) {
                done[op] += result;
            }
            if (result == WOULD_BLOCK || result <= 0 || !all || done[op] == lengths[op]) {
                return result != WOULD_BLOCK && done[op] > 0 ? done[op] : result;
            }
        }
    }

    private static int orErrno(final long result) {
        return result < 0 ? -Libc.errno() : (int) result;
    }

    private static int orBlocked(final int result) {
        return result == -Errno.EAGAIN ? WOULD_BLOCK : result;
    }

    @Override
    public void close() {
        iovec.close();
    }
}
