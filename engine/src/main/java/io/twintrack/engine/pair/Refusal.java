package io.twintrack.engine.pair;

/** Why two sides that belong together are not brought in step now: the rule, and what would be allowed. */
public enum Refusal implements Rule {
    NO_PRIMARY("one side of a pair is the primary", "twintrack pair promote NAME",
        "on the side that clients shall use"),
    PEER_DECIDES("the primary decides", "twintrack pair status NAME",
        "on the other side's node, which decides by itself"),
    SIZE_MISMATCH("both sides have one size", "twintrack pair delete NAME", Where.MADE_ANEW),
    SECTOR_MISMATCH("the redundant side's disk takes sectors as small as the primary's", "twintrack pair delete NAME",
        Where.MADE_ANEW),
    TRACK_MISMATCH("both sides count in tracks of one size", "twintrack pair delete NAME", Where.MADE_ANEW),
    MODE_MISMATCH("both sides know one mode", "twintrack pair delete NAME", Where.MADE_ANEW),
    EXPORTED("a volume that is exported does not change below its readers", "twintrack pair reestablish NAME",
        "once the readers of the other side are detached"),
    SEVERED_BY_COMMAND("what a command severed does not heal by itself", "twintrack pair reestablish NAME", Where.HERE),
    OWN_DISK_FAILED("a failed disk is neither read from nor written to", "twintrack pair accept-disk NAME",
        Where.DISK_REPLACED),
    PEER_DISK_FAILED("a failed disk is neither read from nor written to", "twintrack pair accept-disk NAME",
        Where.PEER_DISK_REPLACED),
    NO_SOURCE("an Inconsistent side is never copied from", "twintrack pair reestablish NAME",
        "once the side that it was being copied from is back"),
    PRIMARY_IN_USE("a primary with clients is never overwritten", "twintrack pair reestablish NAME",
        Where.CLIENTS_DETACHED);

    private final String rule;
    private final String allowed;
    private final String when;

    Refusal(final String rule, final String allowed, final String when) {
        this.rule = rule;
        this.allowed = allowed;
        this.when = when;
    }

    @Override
    public String rule() {
        return rule;
    }

    @Override
    public String allowed() {
        return allowed;
    }

    @Override
    public String when() {
        return when;
    }
}
