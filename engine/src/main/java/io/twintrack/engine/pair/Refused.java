package io.twintrack.engine.pair;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why something is not done: what stands against it, the rule that this keeps, and the command that is allowed. */
public final class Refused {
    private static final Pattern WORD = Pattern.compile("\\b[A-Z][A-Z-]+\\b");
    private static final long KIB = 1 << 10;

    private final Rule rule;
    private final String what;
    private final String allowed;

    /** By {@link Rule#refuses} alone. */
    Refused(final Rule rule, final String what, final String... wordsAndValues) {
        this.rule = rule;
        this.what = what;
        this.allowed = filled(rule.allowed(), wordsAndValues);
    }

    private static String filled(final String command, final String... wordsAndValues) {
        final Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < wordsAndValues.length; i += 2) {
            values.put(wordsAndValues[i], wordsAndValues[i + 1]);
        }
        return WORD.matcher(command).replaceAll(found -> Matcher.quoteReplacement(
            values.containsKey(found.group()) ? typed(values.get(found.group())) : found.group()));
    }

    /** As one word of a shell's. */
    private static String typed(final String value) {
        return value.contains(" ") ? '"' + value + '"' : value;
    }

    /** A multiple of 4 KiB as it is typed in commands. */
    static String size(final long bytes) {
        final String[] units = {" KiB", " MiB", " GiB", " TiB"};
        long count = bytes / KIB;
        int unit = 0;
        while (unit < units.length - 1 && count % KIB == 0) {
            count /= KIB;
            unit++;
        }
        return count + units[unit];
    }

    /** Which one it is. */
    public Rule kept() {
        return rule;
    }

    public String what() {
        return what;
    }

    public String rule() {
        return rule.rule();
    }

    /** As it is typed. */
    public String allowed() {
        return allowed;
    }

    /** Where or when that is allowed; empty: here and now. */
    public String when() {
        return rule.when();
    }

    @Override
    public String toString() {
        return what + " (rule: " + rule() + "; allowed: " + wayOn() + ')';
    }

    /** What is allowed, and where or when, in words. */
    public String wayOn() {
        return when().isEmpty() ? allowed : allowed + " (" + when() + ')';
    }
}
