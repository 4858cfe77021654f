package io.twintrack.engine.pair;

/** What the primary tells the redundant side to record. Answered when it is durable. The codes travel on the wire. */
public enum Order {
    /** Both sides hold this generation: follow the primary's changes from now on. */
    FOLLOW(1),
    /** Changes and resync are going to arrive: be Inconsistent until {@link #BE_UP_TO_DATE}. */
    BE_FILLED(2),
    /** Everything of this generation has arrived. */
    BE_UP_TO_DATE(3),
    /** The primary fills itself from here; stay as it is. */
    BE_SOURCE(4),
    /** The primary's disk failed: hold this new generation alone. */
    GO_ALONE(5),
    /** A person severed the pair; everything was flushed. */
    BE_SEVERED(6),
    /** The primary gave up its role in good order: this side may be promoted. */
    BE_RELEASED(7),
    /** A person keeps the other side's data: give up the changes made alone. */
    GIVE_UP(8),
    /** The pair's size changes: the argument is the new size, the generation the id of the resize. */
    RESIZE(9),
    /** The pair is deleted. */
    FORGET(10);

    /** Argument of {@link #FOLLOW}: the primary's own disk has failed, the redundant side holds the only copy. */
    public static final long WITHOUT_PRIMARY = 1;

    private static final Order[] BY_CODE = new Order[11];

    static {
        for (final Order order : values()) {
            BY_CODE[order.code] = order;
        }
    }

    private final short code;

    Order(final int code) {
        this.code = (short) code;
    }

    public short code() {
        return code;
    }

    /** @return the order, or {@code null} for a code that has none. */
    public static Order of(final int code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
