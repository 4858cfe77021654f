package io.twintrack.node.demo;

/** Names of the protocol's error numbers. */
final class NbdError {
    private NbdError() {
    }

    static String name(final int error) {
        return switch (error) {
            case 1 -> "EPERM (not permitted)";
            case 5 -> "EIO (input/output error)";
            case 12 -> "ENOMEM (no memory)";
            case 22 -> "EINVAL (invalid request)";
            case 28 -> "ENOSPC (no space left)";
            case 75 -> "EOVERFLOW (too large)";
            case 95 -> "ENOTSUP (not supported)";
            case 108 -> "ESHUTDOWN (the server is stopping)";
            default -> "error " + error;
        };
    }
}
