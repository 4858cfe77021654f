package io.twintrack.uring;

/** Numbers of the kernel's interface, linux/io_uring.h; the same on x86-64 and aarch64. */
final class Abi {
    static final int SYS_SETUP = 425;
    static final int SYS_ENTER = 426;
    static final int SYS_REGISTER = 427;

    static final int SETUP_CQSIZE = 1 << 3;
    static final int SETUP_SUBMIT_ALL = 1 << 7;
    static final int SETUP_COOP_TASKRUN = 1 << 8;
    static final int SETUP_TASKRUN_FLAG = 1 << 9;
    static final int SETUP_SINGLE_ISSUER = 1 << 12;
    static final int SETUP_DEFER_TASKRUN = 1 << 13;

    static final int FEAT_SINGLE_MMAP = 1;
    static final int FEAT_NODROP = 1 << 1;
    static final int FEAT_SUBMIT_STABLE = 1 << 2;
    static final int FEAT_EXT_ARG = 1 << 8;

    static final long OFF_SQ_RING = 0;
    static final long OFF_SQES = 0x10000000L;

    static final int SQ_CQ_OVERFLOW = 1 << 1;
    static final int SQ_TASKRUN = 1 << 2;

    static final int ENTER_GETEVENTS = 1;
    static final int ENTER_EXT_ARG = 1 << 3;

    static final int REGISTER_FILES_UPDATE = 6;
    static final int REGISTER_FILES2 = 13;
    static final int REGISTER_BUFFERS2 = 15;
    static final int REGISTER_BUFFERS_UPDATE = 16;
    static final int RSRC_REGISTER_SPARSE = 1;

    static final int OP_NOP = 0;
    static final int OP_READV = 1;
    static final int OP_WRITEV = 2;
    static final int OP_FSYNC = 3;
    static final int OP_READ_FIXED = 4;
    static final int OP_WRITE_FIXED = 5;
    static final int OP_POLL_ADD = 6;
    static final int OP_SENDMSG = 9;
    static final int OP_RECVMSG = 10;
    static final int OP_TIMEOUT = 11;
    static final int OP_ACCEPT = 13;
    static final int OP_ASYNC_CANCEL = 14;
    static final int OP_CONNECT = 16;
    static final int OP_FALLOCATE = 17;
    static final int OP_CLOSE = 19;
    static final int OP_READ = 22;
    static final int OP_WRITE = 23;
    static final int OP_SEND = 26;
    static final int OP_RECV = 27;

    static final int SQE_FIXED_FILE = 1;
    static final int CQE_MORE = 1 << 1;
    static final int FSYNC_DATASYNC = 1;
    static final int CANCEL_ALL = 1;
    static final int CANCEL_ANY = 1 << 2;

    private Abi() {
    }
}
