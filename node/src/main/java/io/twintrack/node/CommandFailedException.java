package io.twintrack.node;

/** A command cannot do its work, for a reason that its user can see to. The message says which, in one sentence. */
public final class CommandFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    public CommandFailedException(final String message) {
        this(message, Twintrack.EXIT_FAILED);
    }

    public CommandFailedException(final String message, final int exitCode) {
        super(message);
        this.exitCode = exitCode;
    }

    /** What the process ends with. */
    public int exitCode() {
        return exitCode;
    }
}
