package io.twintrack.engine.sim;

/** A guarantee does not hold. */
final class Broken extends AssertionError {
    private static final long serialVersionUID = 1L;

    final transient Guarantee guarantee;

    Broken(final Guarantee guarantee, final String what) {
        super(guarantee + " (" + guarantee.text + "): " + what);
        this.guarantee = guarantee;
    }

    Broken(final Guarantee guarantee, final Throwable cause) {
        super(guarantee + " (" + guarantee.text + "): " + cause, cause);
        this.guarantee = guarantee;
    }
}
