package io.twintrack.engine.frame;

/** Why an inbound frame or reply is no such thing. It is dropped and counted: nothing in it can be trusted. */
public enum FrameFault {
    NONE,
    TOO_SHORT,
    /** Another schema, template, version or block length. */
    UNKNOWN_FORMAT,
    HEADER_CHECKSUM,
    /** Of a session that is not open here, so that nothing in it can be checked; or damaged just there. */
    UNKNOWN_SESSION,
    UNKNOWN_OPERATION,
    /** Payload, fragment or request do not fit into each other or into the frame. */
    LENGTHS
}
