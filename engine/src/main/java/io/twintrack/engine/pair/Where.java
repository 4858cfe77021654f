package io.twintrack.engine.pair;

/** Where and when a command is allowed that is not allowed here and now. */
final class Where {
    static final String HERE = "";
    static final String ON_PRIMARY = "on the primary side's node";
    static final String ON_PEER = "on the other side's node";
    static final String LATER = "a moment later";
    static final String PEER_BACK = "once the other side's node answers";
    static final String UP_TO_DATE = "once the pair is up-to-date";
    static final String CLIENTS_DETACHED = "once this side's clients are detached";
    static final String PEER_CLIENTS_DETACHED = "once the other side's clients are detached";
    static final String METADATA_MENDED = "once the metadata disk is mended and this node started anew";
    static final String DISK_REPLACED = "once this node's disk is replaced and the node started anew";
    static final String PEER_DISK_REPLACED =
        "on the other side's node, once its disk is replaced and that node started anew";
    static final String MADE_ANEW = "on the redundant side's node, to make that side anew like the primary's; where a "
        + "node's file declares the pair, there";

    private Where() {
    }
}
