package io.twintrack.sata;

/** What it means that the system did not take a command. */
final class SystemRefusal {
    private SystemRefusal() {
    }

    /** @param errno positive. */
    static AtaFault of(final int errno) {
        return switch (errno) {
            case Libc.ENODEV, Libc.ENXIO -> AtaFault.DEVICE_GONE;
            case Libc.ENOTTY, Libc.EINVAL, Libc.EPERM, Libc.EACCES -> AtaFault.UNSUPPORTED;
            case Libc.ENOMEM, Libc.EAGAIN, Libc.EDOM, Libc.EBUSY -> AtaFault.NO_RESOURCES;
            default -> AtaFault.ABORTED;
        };
    }
}
