package io.twintrack.engine.pair;

/**
 * How a command to a pair ended.
 *
 * @param done    false when it was refused or failed.
 * @param what    happened, in one sentence.
 * @param rule    that a refusal keeps, in one sentence; {@code null} when it was done.
 * @param allowed the command that would be allowed instead, as it is typed; {@code null} where there is none.
 */
public record CommandResult(boolean done, String what, String rule, String allowed) {

    public static CommandResult done(final String what) {
        return new CommandResult(true, what, null, null);
    }

    public static CommandResult refused(final String what, final String rule, final String allowed) {
        return new CommandResult(false, what, rule, allowed);
    }
}
