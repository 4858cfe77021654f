package io.twintrack.node.catalogue;

/** A copy of the catalogue is not whole. The message says why, in words that follow the file's name and a colon. */
final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedException(final String message) {
        super(message);
    }
}
