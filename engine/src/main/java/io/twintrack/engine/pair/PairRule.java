package io.twintrack.engine.pair;

/** The rules of the life of a pair that a command can break. */
public enum PairRule implements Rule {
    ONE_CHANGE("one change of a pair at a time", "twintrack pair status NAME", Where.LATER),
    NOT_RUNNING("a command needs a pair that runs", "twintrack pair status", Where.HERE),
    FOREIGN_DISK("a new disk is filled from the peer before it serves", "twintrack pair accept-disk NAME", Where.HERE),

    SERVE_SEVERED("a redundant side is read only while the pair is severed by command", "twintrack pair sever NAME",
        "on the primary side's node, while both sides are together"),
    SERVE_DECIDED("a side serves when it has met the other one since its start, or a person decides",
        "twintrack pair promote NAME --force",
        "once you made sure that the other side serves no clients; when that one answers this one serves by itself"),

    PRIMARY_SEVERS("the primary severs", "twintrack pair sever NAME", Where.ON_PRIMARY),
    SEVERED_ALREADY("one side alone cannot be severed", "twintrack pair reestablish NAME", Where.HERE),
    SEVER_UNDECIDED("data win, not a command given in passing", "twintrack pair promote NAME --force", Where.HERE),
    SEVER_ONLY_COPY("a failed disk does not go on alone", "twintrack pair accept-disk NAME", Where.DISK_REPLACED),
    SEVER_RESYNC("a side that is being filled is not left behind by command", "twintrack pair sever NAME",
        Where.UP_TO_DATE),
    SEVER_LATER("one change of a pair at a time", "twintrack pair sever NAME", Where.LATER),
    SEVER_FLUSHED("a severed copy is one of a single moment", "twintrack pair status NAME",
        "it tells what became of the disk that was not flushed"),
    SEVER_RECORDED("no answer before a durable record", "twintrack pair sever NAME", Where.METADATA_MENDED),
    ALONE_FLUSHED("a side goes on alone with what is on its disk", "twintrack pair accept-disk NAME",
        Where.DISK_REPLACED),
    ALONE_FENCED("a side goes on alone only where the other one is fenced off", "twintrack pair sever NAME",
        "once you made sure that the other side serves no clients"),

    PRIMARY_REESTABLISHES("the primary re-establishes", "twintrack pair reestablish NAME", Where.ON_PRIMARY),
    NOT_SEVERED("only a severed pair is re-established", "twintrack pair sever NAME", Where.HERE),
    REESTABLISH_RECORDED("what a command allows is durable", "twintrack pair reestablish NAME", Where.METADATA_MENDED),
    REESTABLISH_LATER("one change of a pair at a time", "twintrack pair reestablish NAME", Where.LATER),
    BOTH_THERE("both sides must be there", "twintrack pair status NAME",
        "once the other side's node answers the pair is re-established by itself"),
    DIVERGED("of two sides that went apart a person names the one to keep",
        "twintrack pair reestablish NAME --keep local|peer", Where.HERE),
    UNRELATED("both sides belong to one pair", "twintrack pair delete NAME",
        "on the node whose copy is to be given up; then establish the pair anew"),
    OLDER_STEPS_DOWN("of two primaries the one with older data gives up its role first",
        "twintrack pair reestablish NAME", Where.LATER),
    PEER_STOPS("a node that stops begins nothing", "twintrack pair reestablish NAME", Where.PEER_BACK),
    PEER_KNOWS_PAIR("both nodes have the pair",
        "twintrack pair establish VOLUME --peer PEER --name NAME --role redundant", Where.ON_PEER),
    PEER_FOREIGN_DISK("a new disk is filled from the peer before it serves", "twintrack pair accept-disk NAME",
        Where.ON_PEER),
    ONE_KEY("both nodes hold one key", "twintrack create-key FILE",
        "on one node; copy the file to the other one, and start both anew"),
    NODE_NAMES("the file of each node names the other one", "twintrack node --check FILE",
        "on both nodes, once the names are right; then start them anew"),
    ONE_VERSION("both nodes speak one version of the protocol", "twintrack --version",
        "on both nodes; run the same one there"),
    SLOTS("the slots of both nodes' HBAs have one size", "twintrack node --check FILE",
        "on both nodes, once the sizes are alike; then start them anew"),

    KEEP_APART("only of two sides that went apart one is given up", "twintrack pair status NAME", Where.HERE),
    KEEP_LATER("one change of a pair at a time", "twintrack pair reestablish NAME --keep local|peer", Where.LATER),
    KEEP_BOTH_THERE("nothing is given up unseen", "twintrack pair reestablish NAME --keep local|peer",
        Where.PEER_BACK),
    KEEP_PEER_WHOLE("a side without whole data is not kept", "twintrack pair reestablish NAME --keep local",
        Where.HERE),
    KEEP_LOCAL_WHOLE("a side without whole data is not kept", "twintrack pair reestablish NAME --keep peer",
        Where.HERE),
    KEEP_LOCAL_UNUSED("a side that clients use is not given up", "twintrack pair reestablish NAME --keep local",
        Where.PEER_CLIENTS_DETACHED),
    KEEP_PEER_UNUSED("a side that clients use is not given up", "twintrack pair reestablish NAME --keep peer",
        Where.CLIENTS_DETACHED),
    KEEP_RECORDED("a choice is durable", "twintrack pair reestablish NAME --keep peer", Where.METADATA_MENDED),

    PROMOTED_ALREADY("a pair has one primary", "twintrack pair demote NAME",
        "once this side's clients are detached, so that the other one can be promoted"),
    PROMOTE_WHOLE("a side without whole data is never served", "twintrack pair reestablish NAME", Where.ON_PRIMARY),
    PROMOTE_LATER("one change of a pair at a time", "twintrack pair promote NAME", Where.LATER),
    PROMOTE_WRITTEN("no write of the past after a promotion", "twintrack pair promote NAME", Where.LATER),
    PROMOTE_FOLLOWING("a pair has one primary", "twintrack pair demote NAME", Where.ON_PRIMARY),
    PROMOTE_CUT_OFF("a copy that was cut off is not promoted by chance", "twintrack pair promote NAME --force",
        "once you made sure that the other side serves no clients"),
    PROMOTE_RECORDED("a role is durable", "twintrack pair promote NAME", Where.METADATA_MENDED),
    PRIMARY_DEMOTES("only a primary is demoted", "twintrack pair demote NAME", Where.ON_PRIMARY),
    DEMOTE_LATER("one change of a pair at a time", "twintrack pair demote NAME", Where.LATER),
    DEMOTE_UNUSED("a primary with clients stays the primary", "twintrack pair demote NAME", Where.CLIENTS_DETACHED),
    DEMOTE_FLUSHED("nothing of a role that ends is in a cache alone", "twintrack pair demote NAME",
        "once the disks take a flush again"),
    DEMOTE_RECORDED("a role is durable", "twintrack pair demote NAME", Where.METADATA_MENDED),

    PRIMARY_RESIZES("the primary resizes", "twintrack pair resize NAME SIZE", Where.ON_PRIMARY),
    RESIZE_UNIT("a size is a multiple of 4 KiB above 0", "twintrack pair resize NAME SIZE", Where.HERE),
    RESIZE_CHANGES("a resize changes the size", "twintrack pair resize NAME SIZE", "with another size"),
    RESIZE_PENDING("one resize at a time", "twintrack pair resize NAME SIZE",
        "once the one that is on its way has ended: it goes on by itself while both sides are in step"),
    RESIZE_SEVERED("a pair is resized when both sides are UpToDate", "twintrack pair reestablish NAME", Where.HERE),
    RESIZE_DIVERGED("a pair is resized when both sides are UpToDate",
        "twintrack pair reestablish NAME --keep local|peer", Where.HERE),
    RESIZE_IN_STEP("a pair is resized when both sides are UpToDate", "twintrack pair resize NAME SIZE",
        Where.UP_TO_DATE),
    RESIZE_RECORDED("a resize is noted durably", "twintrack pair resize NAME SIZE", Where.METADATA_MENDED),
    RESIZE_DISK("a failed disk is neither read from nor written to", "twintrack pair accept-disk NAME",
        Where.DISK_REPLACED),
    RESIZE_ROOM("both volumes have room for the new size", "twintrack volume grow VOLUME SIZE",
        "on this node; then resize the pair"),
    RESIZE_PEER_ROOM("both volumes have room for the new size", "twintrack volume grow VOLUME SIZE",
        "on the other side's node; then resize the pair"),
    RESIZE_GOES_ON("both sides have one size", "twintrack pair status NAME",
        "the resize goes on by itself when both sides are in step"),

    PRIMARY_VERIFIES("the primary compares two sides that are UpToDate", "twintrack pair verify NAME",
        Where.ON_PRIMARY),
    VERIFY_SEVERED("the primary compares two sides that are UpToDate", "twintrack pair reestablish NAME", Where.HERE),
    VERIFY_DIVERGED("the primary compares two sides that are UpToDate",
        "twintrack pair reestablish NAME --keep local|peer", Where.HERE),
    VERIFY_IN_STEP("the primary compares two sides that are UpToDate", "twintrack pair verify NAME",
        Where.UP_TO_DATE),
    VERIFY_RECORDED("the primary compares two sides whose records can be written", "twintrack pair verify NAME",
        Where.METADATA_MENDED),
    VERIFY_DISK("a failed disk is neither read from nor written to", "twintrack pair accept-disk NAME",
        Where.DISK_REPLACED),
    VERIFY_RUNNING("one verify at a time", "twintrack pair verify NAME", "once the one that runs has ended"),

    DISK_IN_USE("a disk in use is not a new one", "twintrack pair accept-disk NAME",
        "once you have stopped this node, replaced the disk and started the node"),
    DISK_LATER("one change of a pair at a time", "twintrack pair accept-disk NAME", Where.LATER),
    DISK_RECORDED("a new disk is recorded first", "twintrack pair accept-disk NAME", Where.METADATA_MENDED),

    DELETED_ALREADY("one change of a pair at a time", "twintrack pair status", Where.HERE),
    DELETE_UNUSED("a pair that clients use is not deleted", "twintrack pair delete NAME", Where.CLIENTS_DETACHED),
    PRIMARY_DELETES("the primary deletes a pair whose sides are both there", "twintrack pair delete NAME",
        Where.ON_PRIMARY),
    OFFER_REFUSED("both sides of a pair are configured", "twintrack node --check FILE",
        "once the pair stands in it; then start the node anew"),
    WITHDRAWAL_REFUSED("both sides of a pair are configured", "twintrack pair delete NAME", Where.HERE);

    private final String rule;
    private final String allowed;
    private final String when;

    PairRule(final String rule, final String allowed, final String when) {
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
