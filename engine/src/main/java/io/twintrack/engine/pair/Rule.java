package io.twintrack.engine.pair;

/**
 * What a refusal keeps, and the way on from there. Only enumerations implement it, so that a test can look at every
 * rule of the program; a {@link Refused} is made of one, so that none lacks its rule or what is allowed.
 */
public interface Rule {
    /** In one sentence. */
    String rule();

    /**
     * The command that is allowed, whole, as it is typed. A word in capitals stands for what the one who gives it fills
     * in, {@code a|b} for what he chooses.
     */
    String allowed();

    /** Where or when that is allowed; empty: here and now. */
    String when();

    /**
     * @param what           stands against it now, in one sentence.
     * @param wordsAndValues for words in capitals that are known, in turn.
     */
    default Refused refuses(final String what, final String... wordsAndValues) {
        return new Refused(this, what, wordsAndValues);
    }
}
