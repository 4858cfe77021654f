package io.twintrack.node.control;

import io.twintrack.engine.pair.Rule;

/** The rules that a request to the control endpoint can break before it reaches a pair. */
public enum NodeRule implements Rule {
    KNOWN_REQUEST("docs/CONTROL.md lists every request", "twintrack help", ""),
    HTTP("the control endpoint takes HTTP/1.1, with JSON of at most 64 KiB", "twintrack help", ""),
    NO_FIELDS("a question has no fields", "twintrack pair status", ""),
    ANSWER_IN_TIME("an answer comes in time, or the command goes on without it", "twintrack pair status",
        "it shows what becomes of the command"),
    COMMANDS_WAITING("the room for commands that wait is bounded", "twintrack pair status", "a moment later"),
    NODE_STOPPING("a node that stops takes no commands", "twintrack node FILE", "to start it anew"),
    DURABLE_TABLES("what is made by command is recorded before it is answered", "twintrack volume list",
        "it shows what was made; once the disk of the metadata folder is mended, give the command again"),
    NO_CONTRADICTION("what is made by command agrees with the node's file", "twintrack node --check FILE", ""),

    KNOWN_VOLUME("a command names a volume that the node has", "twintrack volume list", ""),
    KNOWN_PAIR("a command names a pair that the node has", "twintrack pair status", ""),
    KNOWN_HBA("a volume is made on an HBA that the node has",
        "twintrack volume create VOLUME SIZE --path FILE --hba HBA", ""),
    KNOWN_PEER("a pair is made with a peer that stands in the node's file", "twintrack node --check FILE",
        "once the peer stands in it; then start the node anew"),

    VOLUME_FIELDS("a volume has a name, a size and disks of that size",
        "twintrack volume create VOLUME SIZE --path FILE", ""),
    VOLUME_DISK("a volume lies on files or block devices that can be opened and have room for it",
        "twintrack volume create VOLUME SIZE --path FILE", "with a disk that is so"),
    VOLUME_ROOM("a file system has room for the files that are made on it",
        "twintrack volume create VOLUME SIZE --path FILE", "with a smaller size, or once there is room"),
    VOLUME_GROW_ROOM("a file system has room for the files that are made on it", "twintrack volume grow VOLUME SIZE",
        "to a smaller size, or once there is room"),
    VOLUME_GROW_FIELDS("a volume grows to a size that is a multiple of 4 KiB", "twintrack volume grow VOLUME SIZE", ""),
    VOLUME_SHRINK_FIELDS("a volume shrinks to a size that is a multiple of 4 KiB",
        "twintrack volume shrink VOLUME SIZE", ""),
    VOLUME_DELETE_FIELDS("the files of a volume that is deleted stay or are removed",
        "twintrack volume delete VOLUME --remove-files", ""),
    VOLUME_NAME("each volume of a node has a name of its own", "twintrack volume create VOLUME SIZE --path FILE",
        "with another name"),
    VOLUME_BYTES("each byte of a disk belongs to one volume", "twintrack volume list", "it shows which are taken"),
    VOLUME_METADATA("the metadata folder is the node's own", "twintrack volume create VOLUME SIZE --path FILE",
        "with a file outside of it"),
    VOLUME_DECLARED("a volume that stands in the node's file is changed there", "twintrack node --check FILE",
        "once it is changed in the file; then start the node anew"),
    VOLUME_GROWS("growing makes a volume larger", "twintrack volume shrink VOLUME SIZE", ""),
    VOLUME_SHRINKS("shrinking makes a volume smaller", "twintrack volume grow VOLUME SIZE", ""),
    VOLUME_GROWS_WITHIN("a volume grows within its disks; only files that were made with it are made longer",
        "twintrack volume grow VOLUME SIZE", "with a smaller size, or once the disk is longer"),
    VOLUME_STRIPED("a volume grows and shrinks at its end, which stripes do not have",
        "twintrack volume create VOLUME SIZE --extent PATH:OFFSET:LENGTH --stripe SIZE",
        "to make one of the new size beside it"),
    VOLUME_LAST_EXTENT("a volume is cut within its last extent", "twintrack volume shrink VOLUME SIZE",
        "to what its other extents have and a block more"),
    VOLUME_PAIR_SIZE("a volume is not cut below what its pair uses", "twintrack pair resize NAME SIZE", ""),
    VOLUME_UNPAIRED("a volume is deleted only when no pair lies on it", "twintrack pair delete NAME", ""),
    VOLUME_OWN_FILES("only files that were made with a volume are removed with it", "twintrack volume delete VOLUME",
        ""),
    VOLUME_FILE_REMOVED("what cannot be removed stays", "twintrack volume list",
        "the volume is gone from it; remove the file by hand"),
    VOLUME_FILE_RESIZED("a volume has its new size when its file has it", "twintrack volume list",
        "it shows the size; give the command again once the disk takes it"),
    VOLUME_RUNNING("while a pair runs, its volume changes its size up to 16 times, but not the whole of a SATA disk",
        "twintrack volume grow VOLUME SIZE", "once this node was started anew, or the pair is deleted"),

    PAIR_FIELDS("a pair has a volume and a peer", "twintrack pair establish VOLUME --peer PEER", ""),
    PAIR_TRACK("a track is a power of two from 4 KiB to 1 MiB",
        "twintrack pair establish VOLUME --peer PEER --track SIZE", ""),
    PAIR_RATES("the floor of a resync is at most its ceiling",
        "twintrack pair establish VOLUME --peer PEER --resync-floor SIZE --resync-ceiling SIZE", ""),
    PAIR_NAME("each pair of a node has a name of its own", "twintrack pair establish VOLUME --peer PEER --name NAME",
        "with another name"),
    PAIR_VOLUME("a volume belongs to one pair", "twintrack pair delete NAME", ""),
    PAIR_VOLUME_THERE("a pair lies on a volume of each node", "twintrack volume create VOLUME SIZE --path FILE", ""),
    PAIR_ROOM("the redundant volume has room for the primary one", "twintrack volume grow VOLUME SIZE", ""),
    PAIR_PEER_NAMED("a pair is made with a peer that stands in the node's file", "twintrack node --check FILE", ""),
    PAIR_THEIRS("a node deletes the pairs that it has a side of", "twintrack pair status", ""),
    PAIR_STARTS("a pair that does not start leaves everything as it was",
        "twintrack pair establish VOLUME --peer PEER", "once what keeps it from starting is mended"),
    PAIR_RECORD_GOES("a pair that is deleted leaves nothing behind", "twintrack pair status",
        "the pair is gone from it; its record harms nobody"),
    PAIR_DECLARED("a pair that stands in the node's file is deleted there", "twintrack pair sever NAME", ""),
    PAIR_FLAT("a command to a pair has the fields that docs/CONTROL.md lists", "twintrack help pair", ""),
    PAIR_SIZE("a pair is resized to a multiple of 4 KiB", "twintrack pair resize NAME SIZE", ""),
    PAIR_KEEP("the side to keep is this one or the peer's", "twintrack pair reestablish NAME --keep local|peer", ""),
    PAIR_REPAIR("a repair copies from the side that is right",
        "twintrack pair verify NAME --repair-from primary|redundant", "");

    private final String rule;
    private final String allowed;
    private final String when;

    NodeRule(final String rule, final String allowed, final String when) {
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
