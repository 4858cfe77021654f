package io.twintrack.transport.aeron;

/** What a link counts. */
public enum LinkCounter {
    FRAMES_SENT("frames sent"),
    REPLIES_SENT("replies sent"),
    FRAMES_RECEIVED("frames received"),
    REPLIES_RECEIVED("replies received"),
    FRAMES_REFUSED("offers of a frame that the engine refused"),
    BACK_PRESSURED("claims refused because the window or the buffer was full"),
    HOLD_LIMITED("polls that stopped because held frames fill a term or the table"),
    DATAGRAMS_SENT("datagrams sent"),
    DATAGRAMS_RECEIVED("datagrams received and found good"),
    SHORT_SENDS("datagrams that the socket did not take at once"),
    DROPPED_TOO_SHORT("datagrams dropped: too short"),
    DROPPED_MALFORMED("datagrams dropped: lengths or places that cannot be"),
    DROPPED_CHECKSUM("datagrams dropped: checksum"),
    DROPPED_OUT_OF_TERM("datagrams dropped: outside of the term, or terms too long"),
    IMAGES_ACCEPTED("incoming streams taken"),
    IMAGES_REJECTED("incoming streams rejected: too many"),
    IMAGES_STALLED("incoming streams rejected: a gap was not repaired in time"),
    IMAGES_DAMAGED("incoming streams rejected: a frame in them makes no sense"),
    LINK_UPS("times the link came up"),
    LINK_DOWNS("times the link went down");

    private final String description;

    LinkCounter(final String description) {
        this.description = description;
    }

    public String description() {
        return description;
    }
}
