package io.twintrack.sata;

import java.nio.charset.StandardCharsets;

/** Opens device files. */
final class OpenFile {
    private OpenFile() {
    }

    /**
     * @param flags O_*, to which O_CLOEXEC is added.
     * @return the descriptor.
     * @throws SataException that names the path and the reason.
     */
    static int open(final String path, final int flags) {
        final int fd = tryOpen(path, flags);
        if (fd < 0) {
            throw new SataException(path + " cannot be opened: " + Libc.text(-fd), -fd);
        }
        return fd;
    }

    /** @return the descriptor, or the negative error number. */
    static int tryOpen(final String path, final int flags) {
        final byte[] bytes = (path + '\0').getBytes(StandardCharsets.UTF_8);
        final int fd = (int) Libc.open(bytes, flags | Libc.O_CLOEXEC, 0);
        return fd < 0 ? -Libc.errno() : fd;
    }
}
