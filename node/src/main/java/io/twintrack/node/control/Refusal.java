package io.twintrack.node.control;

import io.twintrack.engine.pair.CommandResult;

/** Why a request to the control endpoint is not carried out. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int MALFORMED = 400;
    private static final int UNKNOWN = 404;
    private static final int RULE = 409;
    private static final int UNAVAILABLE = 503;
    private static final int LATE = 504;

    private final int status;
    private final String rule;
    private final String allowed;

    private Refusal(final int status, final String error, final String rule, final String allowed) {
        super(error, null, false, false);
        this.status = status;
        this.rule = rule;
        this.allowed = allowed;
    }

    /** The request says nothing that could be done. */
    static Refusal malformed(final String error) {
        return new Refusal(MALFORMED, error, null, null);
    }

    /** There is no such thing. @param allowed the command that lists what there is. */
    static Refusal unknown(final String error, final String allowed) {
        return new Refusal(UNKNOWN, error, null, allowed);
    }

    /** @param rule that it would break. @param allowed the command that would be allowed, or {@code null}. */
    static Refusal rule(final String error, final String rule, final String allowed) {
        return new Refusal(RULE, error, rule, allowed);
    }

    static Refusal unavailable(final String error) {
        return new Refusal(UNAVAILABLE, error, null, null);
    }

    /** It is still on its way. */
    static Refusal late(final String error, final String allowed) {
        return new Refusal(LATE, error, null, allowed);
    }

    static Refusal of(final CommandResult refused) {
        return rule(refused.what(), refused.rule(), refused.allowed());
    }

    /** @return what was done. @throws Refusal when it was not. */
    static String done(final CommandResult result) {
        if (!result.done()) {
            throw of(result);
        }
        return result.what();
    }

    /** Of HTTP. */
    int status() {
        return status;
    }

    /** The body of the answer. */
    Body body() {
        return new Body(getMessage(), rule, allowed);
    }

    /**
     * As it stands in docs/CONTROL.md.
     *
     * @param rule    that was broken, or {@code null}.
     * @param allowed the command that would be allowed, or {@code null}.
     */
    record Body(String error, String rule, String allowed) {
    }
}
