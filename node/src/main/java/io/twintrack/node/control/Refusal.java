package io.twintrack.node.control;

import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.Refused;
import io.twintrack.engine.pair.Rule;

/** Why a request to the control endpoint is not carried out. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int MALFORMED = 400;
    private static final int UNKNOWN = 404;
    private static final int RULE = 409;
    private static final int UNAVAILABLE = 503;
    private static final int LATE = 504;

    private final int status;
    private final transient Refused why;

    private Refusal(final int status, final Refused why) {
        super(why.what(), null, false, false);
        this.status = status;
        this.why = why;
    }

    /** The request says nothing that could be done. @param wordsAndValues that the allowed command has, in turn. */
    static Refusal malformed(final Rule rule, final String error, final String... wordsAndValues) {
        return new Refusal(MALFORMED, rule.refuses(error, wordsAndValues));
    }

    /** There is no such thing. */
    static Refusal unknown(final Rule rule, final String error, final String... wordsAndValues) {
        return new Refusal(UNKNOWN, rule.refuses(error, wordsAndValues));
    }

    static Refusal rule(final Rule rule, final String error, final String... wordsAndValues) {
        return new Refusal(RULE, rule.refuses(error, wordsAndValues));
    }

    /** Not now. */
    static Refusal unavailable(final Rule rule, final String error, final String... wordsAndValues) {
        return new Refusal(UNAVAILABLE, rule.refuses(error, wordsAndValues));
    }

    /** It is still on its way. */
    static Refusal late(final String error) {
        return new Refusal(LATE, NodeRule.ANSWER_IN_TIME.refuses(error));
    }

    /** What HTTP itself refuses. @param status of HTTP. */
    static Refusal http(final int status) {
        return new Refusal(status, NodeRule.HTTP.refuses("this is no request that the control endpoint takes"));
    }

    /** @return what was done. @throws Refusal when it was not. */
    static String done(final CommandResult result) {
        if (!result.done()) {
            throw new Refusal(RULE, result.refused());
        }
        return result.what();
    }

    /** Of HTTP. */
    int status() {
        return status;
    }

    Refused why() {
        return why;
    }

    /** The body of the answer. */
    Body body() {
        return new Body(why.what(), why.rule(), why.allowed(), why.when().isEmpty() ? null : why.when());
    }

    /**
     * As it stands in docs/CONTROL.md.
     *
     * @param when where or when that is allowed; {@code null}: here and now.
     */
    record Body(String error, String rule, String allowed, String when) {
    }

    /** The program's own fault, which is no refusal: no rule and no command. */
    record Fault(String error) {
    }
}
