package io.twintrack.uring;

/**
 * How a ring is made.
 *
 * @param sqEntries     length of the submission queue: a power of two from 1 to 32768.
 * @param cqEntries     length of the completion queue: a power of two, at least sqEntries. What does not fit waits in
 *                      the kernel and is counted.
 * @param bufferSlots   fixed buffers that can be registered at a time, 0 to 16384; memory takes one per started GiB.
 * @param fileSlots     files that can be registered at a time, 0 to 32768.
 * @param singleIssuer  use IORING_SETUP_SINGLE_ISSUER and DEFER_TASKRUN where the kernel has them (6.1).
 * @param coopTaskrun   use IORING_SETUP_COOP_TASKRUN and SUBMIT_ALL where the kernel has them (5.19).
 * @param refuse        null, or the reason to give for not opening an io_uring at all.
 */
public record IoUringOptions(
    int sqEntries,
    int cqEntries,
    int bufferSlots,
    int fileSlots,
    boolean singleIssuer,
    boolean coopTaskrun,
    String refuse) {

    public static final IoUringOptions DEFAULT = new IoUringOptions(1024, 4096, 64, 1024, true, true, null);

    public IoUringOptions {
        powerOfTwo("sqEntries", sqEntries, 1, 32768);
        powerOfTwo("cqEntries", cqEntries, sqEntries, 65536);
        range("bufferSlots", bufferSlots, 16384);
        range("fileSlots", fileSlots, 32768);
    }

    public IoUringOptions entries(final int sq, final int cq) {
        return new IoUringOptions(sq, cq, bufferSlots, fileSlots, singleIssuer, coopTaskrun, refuse);
    }

    public IoUringOptions slots(final int buffers, final int files) {
        return new IoUringOptions(sqEntries, cqEntries, buffers, files, singleIssuer, coopTaskrun, refuse);
    }

    /** Asks for no flag that this withholds, as if the kernel did not know it. */
    public IoUringOptions flags(final boolean single, final boolean coop) {
        return new IoUringOptions(sqEntries, cqEntries, bufferSlots, fileSlots, single, coop, refuse);
    }

    /** Does as if the system refused: {@link IoUring#open} throws with this reason. */
    public IoUringOptions refused(final String reason) {
        return new IoUringOptions(sqEntries, cqEntries, bufferSlots, fileSlots, singleIssuer, coopTaskrun, reason);
    }

    private static void powerOfTwo(final String name, final int value, final int least, final int most) {
        if (value < least || value > most || Integer.bitCount(value) != 1) {
            throw new IllegalArgumentException(
                name + " = " + value + ": a power of two from " + least + " to " + most + " is allowed");
        }
    }

    private static void range(final String name, final int value, final int most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(name + " = " + value + ": 0 to " + most + " is allowed");
        }
    }
}
