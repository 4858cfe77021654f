package io.twintrack.engine.counters;

/** What an HBA counts. The order is the layout of {@link Counters}; new ones go to the end. */
public enum Counter {
    READS("read requests"),
    WRITES("write requests"),
    FLUSHES("flush requests"),
    ZEROES("trim and zero requests"),
    REQUESTS_FAILED("requests that ended with an error"),
    REQUESTS_REFUSED("requests refused because all are in use"),
    RANGE_WAITS("requests that waited for an overlapping one"),
    FRAMES_SENT("frames sent, resends included"),
    FRAMES_RESENT("frames sent again"),
    BYTES_SENT("payload bytes sent"),
    SEND_BACK_PRESSURE("frames that had to wait for the wire"),
    REPLIES_RECEIVED("replies received"),
    REPLIES_BAD("replies dropped as damaged"),
    REPLIES_STALE("replies dropped as not expected"),
    ERROR_REPLIES("error replies received"),
    SESSIONS_OPENED("sessions opened as origin"),
    SESSIONS_LOST("sessions lost as origin"),
    BLOCKS_COMPARED("blocks compared with the target"),
    BLOCKS_COPIED("blocks that differed and were copied"),
    FRAMES_RECEIVED("frames received sound"),
    FRAMES_BAD("frames dropped as damaged"),
    FRAMES_CORRUPT_PAYLOAD("frames refused for a damaged payload"),
    FRAMES_STALE("frames refused as of another session"),
    FRAMES_DUPLICATE("frames received again"),
    FRAMES_REFUSED("frames answered with an error"),
    FRAMES_DIRECT("writes applied from the receive buffer itself"),
    FRAMES_COPIED("frames copied into a slot"),
    BYTES_RECEIVED("payload bytes received"),
    REPLIES_SENT("replies sent"),
    REPLIES_DROPPED("replies not sent because the wire was full; asked for again"),
    SESSIONS_ACCEPTED("sessions accepted as target"),
    ERROR_ACKS("error acknowledgements received"),
    HOST_REQUESTS("host ring: requests started"),
    HOST_INVALID("host ring: malformed requests answered with an error"),
    HOST_DROPPED("host ring: records that could not be answered"),
    HOST_BACK_PRESSURE("host ring: times that a volume took no more"),
    REPLY_BYTES_RECEIVED("payload bytes received in replies"),
    REPLY_BYTES_SENT("payload bytes sent in replies"),
    READS_REDIRECTED("reads served from the target because this node's disk failed them"),
    BYTES_COPIED("bytes that resync copied"),
    HANDSHAKES_REFUSED("sessions refused, by this node or by the peer"),
    ANSWERED_EARLY("requests answered before the target was done, as their pair's mode allows");

    private final String label;

    Counter(final String label) {
        this.label = label;
    }

    /** What it counts, for people. */
    public String label() {
        return label;
    }
}
