# Runs a command for which the kernel refuses io_uring, as a container's seccomp profile does: io_uring_setup(2) fails
# with EPERM in it and in all that it starts. See seccomp(2) and linux/filter.h.
import ctypes
import os
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
IO_URING_SETUP, EPERM = 425, 1  # the same number on x86-64 and aarch64
SECCOMP_RET_ERRNO, SECCOMP_RET_ALLOW = 0x00050000, 0x7FFF0000

program = b"".join(struct.pack("HBBI", *step) for step in (
    (LOAD_WORD, 0, 0, 0),  # the number of the system call
    (JUMP_IF_EQUAL, 0, 1, IO_URING_SETUP),
    (RETURN, 0, 0, SECCOMP_RET_ERRNO | EPERM),
    (RETURN, 0, 0, SECCOMP_RET_ALLOW)))
steps = ctypes.create_string_buffer(program, len(program))
# struct sock_fprog: the number of steps, and where they are.
fprog = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(steps)))
libc = ctypes.CDLL(None, use_errno=True)
for arguments in ((PR_SET_NO_NEW_PRIVS, 1), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_void_p(ctypes.addressof(fprog)))):
    if libc.prctl(*(list(arguments) + [0] * (5 - len(arguments)))) != 0:
        sys.exit("prctl: " + os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[1], sys.argv[1:])
