package io.twintrack.transport.aeron;

/** The two streams that run in each direction. */
enum LinkStream {
    DATA(1), REPLIES(2);

    private final int id;

    LinkStream(final int id) {
        this.id = id;
    }

    /** Aeron's stream id. */
    int id() {
        return id;
    }

    /** @return the stream with this id, or null. */
    static LinkStream of(final int id) {
        return id == DATA.id ? DATA : id == REPLIES.id ? REPLIES : null;
    }
}
