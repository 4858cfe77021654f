package io.twintrack.uring;

import org.agrona.UnsafeApi;

/**
 * An open ring: its descriptor, what the kernel granted, and the mapped queues. The kernel answers io_uring_setup(2) in
 * struct io_uring_params, 120 bytes:
 * <pre>
 *    0 sq_entries   4 cq_entries   8 flags   20 features
 *   40 offsets in the SQ ring: head 40, tail 44, mask 48, entries 52, flags 56, dropped 60, array 64
 *   80 offsets in the CQ ring: head 80, tail 84, mask 88, entries 92, overflow 96, cqes 100
 * </pre>
 */
final class RingMemory implements AutoCloseable {
    private static final int PARAMS_LENGTH = 120;
    private static final int SQE_LENGTH = 64;
    private static final int CQE_LENGTH = 16;
    private static final int NEEDED =
        Abi.FEAT_SINGLE_MMAP | Abi.FEAT_NODROP | Abi.FEAT_SUBMIT_STABLE | Abi.FEAT_EXT_ARG;

    private static final int COOPERATIVE = Abi.SETUP_COOP_TASKRUN | Abi.SETUP_TASKRUN_FLAG | Abi.SETUP_SUBMIT_ALL;
    private static final int DEFERRED =
        Abi.SETUP_SINGLE_ISSUER | Abi.SETUP_DEFER_TASKRUN | Abi.SETUP_TASKRUN_FLAG | Abi.SETUP_SUBMIT_ALL;

    final int fd;
    final int flags;
    final SubmissionQueue sq;
    final CompletionQueue cq;
    private final NativeMemory rings;
    private final NativeMemory sqes;

    private RingMemory(final int fd, final long params) {
        this.fd = fd;
        final int sqEntries = UnsafeApi.getInt(params);
        final int cqEntries = UnsafeApi.getInt(params + 4);
        flags = UnsafeApi.getInt(params + 8);
        final int array = UnsafeApi.getInt(params + 64);
        final int cqes = UnsafeApi.getInt(params + 100);
        final long length = Math.max(array + sqEntries * 4L, cqes + (long) cqEntries * CQE_LENGTH);
        rings = NativeMemory.mapRing(fd, length, Abi.OFF_SQ_RING);
        sqes = NativeMemory.mapRing(fd, (long) sqEntries * SQE_LENGTH, Abi.OFF_SQES);
        final long base = rings.address();
        sq = new SubmissionQueue(
            base + UnsafeApi.getInt(params + 40),
            base + UnsafeApi.getInt(params + 44),
            base + UnsafeApi.getInt(params + 56),
            base + array,
            sqes.address(),
            sqEntries);
        cq = new CompletionQueue(
            base + UnsafeApi.getInt(params + 80), base + UnsafeApi.getInt(params + 84), base + cqes, cqEntries);
    }

    /** Asks for the best flags first and for fewer when the kernel does not know them (EINVAL). */
    static RingMemory open(final IoUringOptions options) throws IoUringUnavailable {
        try (NativeMemory params = NativeMemory.map(PARAMS_LENGTH)) {
            int flags = options.singleIssuer() ? DEFERRED : fewer(options);
            while (true) {
                final int fd = setup(params, options, flags);
                if (fd >= 0) {
                    return checked(fd, params.address());
                }
                if (fd != -Errno.EINVAL || flags == 0) {
                    throw new IoUringUnavailable(reason(-fd), -fd);
                }
                flags = flags == DEFERRED ? fewer(options) : 0;
            }
        }
    }

    private static int fewer(final IoUringOptions options) {
        return options.coopTaskrun() ? COOPERATIVE : 0;
    }

    /** @return a descriptor or a negative error number. */
    private static int setup(final NativeMemory params, final IoUringOptions options, final int flags) {
        params.fill((byte) 0);
        UnsafeApi.putInt(params.address() + 4, options.cqEntries());
        UnsafeApi.putInt(params.address() + 8, flags | Abi.SETUP_CQSIZE);
        final int fd = (int) Libc.syscall(Abi.SYS_SETUP, options.sqEntries(), params.address());
        return fd < 0 ? -Libc.errno() : fd;
    }

    private static RingMemory checked(final int fd, final long params) throws IoUringUnavailable {
        final int features = UnsafeApi.getInt(params + 20);
        if ((features & NEEDED) != NEEDED) {
            Libc.close(fd);
            throw new IoUringUnavailable("the kernel's io_uring is too old, 5.11 is needed", 0);
        }
        return new RingMemory(fd, params);
    }

    private static String reason(final int errno) {
        final String hint = switch (errno) {
            case Errno.ENOSYS -> ": the kernel has none, or a seccomp filter hides it";
            case Errno.EPERM -> ": sysctl kernel.io_uring_disabled or a seccomp filter forbids it";
            case Errno.ENOMEM -> ": the locked-memory limit is too low";
            default -> "";
        };
        return "io_uring_setup: " + Errno.text(errno) + hint;
    }

    @Override
    public void close() {
        sqes.close();
        rings.close();
        Libc.close(fd);
    }
}
