package io.twintrack.transport.aeron;

/**
 * What a link lacks to be up.
 *
 * <p>When this side finds the loss, by silence or by a gap, it opens its streams anew: the peer then meets a new life
 * of this side, and so learns of a loss that it may not have seen. When the peer began, it does so itself, and to do
 * the same here would go back and forth for ever.
 */
enum Missing {
    NOTHING("", false),
    STREAMS("the streams are not open", false),
    ONE_LIFE("the peer goes or restarts", false),
    SAME_LIFE("the peer has restarted", false),
    ENDED("the peer has closed its streams", false),
    LISTENERS("the peer does not answer", true),
    SENDERS("the peer does not send, or a gap was not repaired", true);

    private final String reason;
    private final boolean foundHere;

    Missing(final String reason, final boolean foundHere) {
        this.reason = reason;
        this.foundHere = foundHere;
    }

    String reason() {
        return reason;
    }

    /** Whether this side has to open its streams anew, so that the peer learns of the loss. */
    boolean foundHere() {
        return foundHere;
    }
}
