package io.twintrack.uring;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.agrona.UnsafeApi;

/**
 * Sockets for a {@link Ring}: made, bound and configured by plain system calls at set-up, used by the ring afterwards.
 * Any thread. Failures are {@link IllegalStateException}s that name the call and the address.
 */
public final class Sockets {
    public static final int MSG_DONTWAIT = 0x40;
    /** Go on until all is transferred. */
    public static final int MSG_WAITALL = 0x100;
    public static final int MSG_NOSIGNAL = 0x4000;
    /** More follows: do not send a small segment yet. */
    public static final int MSG_MORE = 0x8000;
    public static final int POLLIN = 1;
    public static final int POLLOUT = 4;
    public static final int POLLERR = 8;
    public static final int POLLHUP = 16;

    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM_CLOEXEC = 1 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int SHUT_RDWR = 2;
    private static final int SOCKADDR_MAX = 128;
    private static final int UNIX_PATH_MAX = 107;

    private Sockets() {
    }

    /**
     * @param address resolved; port 0 takes a free one, see {@link #localPort}.
     * @return the descriptor of a listening socket.
     */
    public static int listenTcp(final InetSocketAddress address, final int backlog) {
        final InetAddress ip = address.getAddress();
        if (ip == null) {
            throw new IllegalStateException("the host name " + address.getHostString() + " is not known");
        }
        final int fd = socket(ip.getAddress().length == 4 ? AF_INET : AF_INET6, address.toString());
        setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
        try (NativeMemory memory = NativeMemory.map(SOCKADDR_MAX)) {
            listen(fd, memory.address(), inet(memory.address(), ip.getAddress(), address.getPort()), backlog, address);
        }
        return fd;
    }

    /** @param path is made here and must not exist; at most 107 bytes. Whoever calls this deletes it in the end. */
    public static int listenUnix(final Path path, final int backlog) {
        try (NativeMemory memory = NativeMemory.map(SOCKADDR_MAX)) {
            final int length = unix(memory.address(), path);
            final int fd = socket(AF_UNIX, path.toString());
            listen(fd, memory.address(), length, backlog, path);
            return fd;
        }
    }

    private static int socket(final int domain, final String name) {
        final int fd = (int) Libc.socket(domain, SOCK_STREAM_CLOEXEC, 0);
        if (fd < 0) {
            throw new IllegalStateException("socket for " + name + ": " + Errno.text(Libc.errno()));
        }
        return fd;
    }

    private static void listen(
        final int fd, final long sockaddr, final int length, final int backlog, final Object name) {
        if ((int) Libc.bind(fd, sockaddr, length) < 0 || (int) Libc.listen(fd, backlog) < 0) {
            final int errno = Libc.errno();
            close(fd);
            throw new IllegalStateException("cannot listen on " + name + ": " + Errno.text(errno));
        }
    }

    /* sockaddr_in: family u16, port u16 big-endian, address 4. sockaddr_in6: family, port, flow u32, address
       16, scope u32. */
    private static int inet(final long memory, final byte[] ip, final int port) {
        final boolean four = ip.length == 4;
        UnsafeApi.putShort(memory, (short) (four ? AF_INET : AF_INET6));
        UnsafeApi.putShort(memory + 2, Short.reverseBytes((short) port));
        for (int i = 0; i < ip.length; i++) {
            UnsafeApi.putByte(memory + (four ? 4 : 8) + i, ip[i]);
        }
        return four ? 16 : 28;
    }

    /* sockaddr_un: family u16, path with a terminating zero. */
    private static int unix(final long memory, final Path path) {
        final byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > UNIX_PATH_MAX) {
            throw new IllegalStateException(
                "the socket path " + path + " has " + bytes.length + " bytes, " +
                    "at most " + UNIX_PATH_MAX + " are allowed");
        }
        UnsafeApi.putShort(memory, (short) AF_UNIX);
        for (int i = 0; i < bytes.length; i++) {
            UnsafeApi.putByte(memory + 2 + i, bytes[i]);
        }
        return 2 + bytes.length + 1;
    }

    /** @return the port that a TCP socket is bound to. */
    public static int localPort(final int fd) {
        try (NativeMemory memory = NativeMemory.map(SOCKADDR_MAX + 8)) {
            final long lengthAddress = memory.address() + SOCKADDR_MAX;
            UnsafeApi.putInt(lengthAddress, SOCKADDR_MAX);
            check("getsockname", Libc.getsockname(fd, memory.address(), lengthAddress));
            return Short.reverseBytes(UnsafeApi.getShort(memory.address() + 2)) & 0xFFFF;
        }
    }

    /** Small replies leave at once. TCP only. */
    public static void noDelay(final int fd) {
        setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    }

    /** Asks for socket buffers of this many bytes; the system may grant other sizes. */
    public static void bufferSizes(final int fd, final int sendBytes, final int receiveBytes) {
        setOption(fd, SOL_SOCKET, SO_SNDBUF, sendBytes);
        setOption(fd, SOL_SOCKET, SO_RCVBUF, receiveBytes);
    }

    private static void setOption(final int fd, final int level, final int name, final int value) {
        try (NativeMemory memory = NativeMemory.map(4)) {
            UnsafeApi.putInt(memory.address(), value);
            check("setsockopt " + level + "/" + name, Libc.setsockopt(fd, level, name, memory.address(), 4));
        }
    }

    /** Both directions: operations that wait on the socket end. A socket that is not connected any more is fine. */
    public static void shutdown(final int fd) {
        Libc.shutdown(fd, SHUT_RDWR);
    }

    public static void close(final int fd) {
        Libc.close(fd);
    }

    private static void check(final String call, final long result) {
        if ((int) result < 0) {
            throw new IllegalStateException(call + ": " + Errno.text(Libc.errno()));
        }
    }
}
