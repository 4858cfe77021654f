package io.twintrack.engine.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips what begins after the time that a whole run may take, where the machine's own host kept its processors from
 * it: such a run would only be broken off. Each module has to end when a part of that time is over, so that an early
 * one leaves some to a later one. A run that says nothing of its beginning runs everything.
 *
 * <pre>
 *   -Dtwintrack.run.stat="cpu 1 2 3 ..."   the first line of /proc/stat at the beginning
 *   -Dtwintrack.run.began=SECONDS          since 1970
 *   -Dtwintrack.run.seconds=SECONDS        that it may take
 *   -Dtwintrack.run.part=PERCENT           of these, of this module; stands in its pom
 * </pre>
 */
public final class OutOfTime implements ExecutionCondition {
    /** Of the processor time that was asked for: less is an ordinary neighbour's. */
    private static final double MUCH = 0.4;

    private final String stat = System.getProperty("twintrack.run.stat", "");
    private final long untilS = Long.getLong("twintrack.run.began", 0)
        + Long.getLong("twintrack.run.seconds", 0) * Long.getLong("twintrack.run.part", 100) / 100;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(final ExtensionContext context) {
        if (stat.isEmpty()) {
            return ConditionEvaluationResult.enabled("nobody said when the run began");
        }
        try {
            return evaluate(TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()), untilS,
                ProcessorTime.now().withheldSince(ProcessorTime.parse(stat)));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param withheld of the processor time that the run asked for, 0 to 1. */
    static ConditionEvaluationResult evaluate(final long nowS, final long untilS, final double withheld) {
        if (nowS < untilS || withheld < MUCH) {
            return ConditionEvaluationResult.enabled("there is time");
        }
        return ConditionEvaluationResult.disabled(String.format(Locale.ROOT, "it is %d s late, and this machine's "
            + "own host kept %.0f %% of the processor time from it", nowS - untilS, 100 * withheld));
    }
}
