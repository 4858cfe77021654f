package io.twintrack.engine.pair;

/** Why two sides that belong together are not brought in step now: the rule, and what would be allowed. */
public enum Refusal {
    NONE("", ""),
    NO_PRIMARY("neither side is the primary", "pair promote, on the side that clients shall use"),
    PEER_DECIDES("the primary decides, and the other side is the primary", "nothing: it decides by itself"),
    SIZE_MISMATCH("both volumes have the same size", "pair resize, or a volume of the other one's size"),
    SECTOR_MISMATCH("the other side's disk takes sectors of the primary's size",
        "a disk with sectors as small as the primary's"),
    TRACK_MISMATCH("both sides count in tracks of one size", "pair establish with one track size"),
    MODE_MISMATCH("both sides know one mode", "pair establish with one mode, or one mode in both configurations"),
    EXPORTED("a volume that is exported does not change below its readers", "end the export of the other side"),
    SEVERED_BY_COMMAND("what a command severed does not heal by itself", "pair reestablish"),
    OWN_DISK_FAILED("a failed disk is neither read from nor written to", "replace the primary's disk"),
    PEER_DISK_FAILED("a failed disk is neither read from nor written to", "replace the other side's disk"),
    NO_SOURCE("an Inconsistent side is never copied from, and there is no other",
        "bring back the side that it was being copied from"),
    PRIMARY_IN_USE("a primary with clients is never overwritten", "detach its clients, then pair demote");

    private final String rule;
    private final String allowed;

    Refusal(final String rule, final String allowed) {
        this.rule = rule;
        this.allowed = allowed;
    }

    public String rule() {
        return rule;
    }

    /** What a person can do. */
    public String allowed() {
        return allowed;
    }
}
