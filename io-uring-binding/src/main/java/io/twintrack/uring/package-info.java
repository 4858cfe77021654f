/**
 * Asynchronous disks and sockets for one HBA, over io_uring(7) and without native code of our own.
 *
 * <p>{@link io.twintrack.uring.Ring} is what all else is written against. One operation goes
 * <pre>
 *   ring.write(owner, token, fd, ...)   64 bytes in the submission queue, shared memory
 *   ring.submit()                       one io_uring_enter(2) per duty cycle, through JNA: hands all of them over
 *                                       and, in the same call, lets the kernel finish what is done
 *   ring.poll()                         in the next cycle: 16 bytes from the completion queue, shared memory,
 *                                       to the handler of the owner
 * </pre>
 * {@link io.twintrack.uring.IoUring} does that; {@link io.twintrack.uring.SyscallRing} does the same operations with
 * plain system calls where io_uring is refused, so that disks and servers do not know the difference.
 * {@link io.twintrack.uring.UringBlockDevice} makes a disk of a file or block device.
 *
 * <p>What the kernel must have: io_uring with IORING_FEAT_EXT_ARG (5.11), else the stand-in is used. What it may have:
 * COOP_TASKRUN, SUBMIT_ALL and sparse tables of fixed buffers and files (5.19), SINGLE_ISSUER with DEFER_TASKRUN (6.1),
 * STATX_DIOALIGN (6.1). Each is asked for by using it, and done without when it is refused.
 */
package io.twintrack.uring;
