package io.twintrack.engine.pair;

/**
 * How a command to a pair ended.
 *
 * @param what    happened, in one sentence.
 * @param refused why it was not done; {@code null} when it was.
 */
public record CommandResult(String what, Refused refused) {

    public static CommandResult done(final String what) {
        return new CommandResult(what, null);
    }

    public static CommandResult refused(final Refused why) {
        return new CommandResult(why.what(), why);
    }

    public boolean done() {
        return refused == null;
    }
}
