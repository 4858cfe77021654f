package io.twintrack.sata;

import io.twintrack.engine.Status;

/**
 * How a command ended. What may be resent is what the device did not carry out, or can carry out twice: transfers to
 * and from fixed addresses. A flush of which the disk said anything is never resent: a second one could succeed
 * after the first one lost data.
 */
enum AtaFault {
    NONE(Status.OK, false),
    /** UNC: the medium cannot be read there; the disk has tried for long. */
    UNCORRECTABLE(Status.IO_ERROR, false),
    /** IDNF: no such address, or it cannot be found on the medium. */
    ID_NOT_FOUND(Status.IO_ERROR, false),
    /** ABRT: refused, or ended without saying why. */
    ABORTED(Status.IO_ERROR, false),
    /** DF: the disk itself does not work. */
    DEVICE_FAULT(Status.IO_ERROR, false),
    WRITE_PROTECTED(Status.READ_ONLY, false),
    /** The system or the bridge does not know the command. */
    UNSUPPORTED(Status.NOT_SUPPORTED, false),
    /** ICRC: damaged on the cable. */
    INTERFACE_CRC(Status.IO_ERROR, true),
    /** Ended by a reset of the link or a recovery that another command caused. */
    LINK_RESET(Status.IO_ERROR, true),
    /** The driver ended it for another command's failure, and asks for a retry: the disk has said nothing of it. */
    RETRY_ASKED(Status.IO_ERROR, true),
    /** The system reset the link because the disk was silent for the whole time-out: it had its chance. */
    TIMED_OUT(Status.TIMED_OUT, false),
    DEVICE_GONE(Status.DEVICE_GONE, false),
    /** Less was transferred than was asked for, without an error. */
    SHORT_TRANSFER(Status.IO_ERROR, true),
    /** The system had no memory or no room for it: nothing reached the device. */
    NO_RESOURCES(Status.IO_ERROR, true);

    private final Status status;
    private final boolean resendable;

    AtaFault(final Status status, final boolean resendable) {
        this.status = status;
        this.resendable = resendable;
    }

    /** What the engine is told. */
    Status status() {
        return status;
    }

    boolean isResendable() {
        return resendable;
    }
}
