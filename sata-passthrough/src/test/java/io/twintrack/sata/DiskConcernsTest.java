package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.sata.DiskHealth.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiskConcernsTest {
    private static final DiskHealth.Thresholds THRESHOLDS = new DiskHealth.Thresholds(60, 1, 1, 100);
    private final DiskConcerns concerns = new DiskConcerns();

    @Test
    void aReasonIsNewsOnceWhileItLastsWhateverItsNumberDoes() {
        assertFalse(concerns.said(health(59, 0), THRESHOLDS));
        assertTrue(concerns.said(health(60, 0), THRESHOLDS));
        assertFalse(concerns.said(health(66, 0), THRESHOLDS));
        assertEquals(List.of("66 degrees Celsius, the threshold is 60"), concerns.texts());
        assertTrue(concerns.said(health(59, 0), THRESHOLDS), "its end is news");
        assertFalse(concerns.said(health(59, 0), THRESHOLDS));
        assertTrue(concerns.said(health(60, 0), THRESHOLDS), "it began again");
    }

    @Test
    void aFurtherReasonIsNewsAndOneOfTwoThatEndsIsNot() {
        assertTrue(concerns.said(health(60, 0), THRESHOLDS));
        assertTrue(concerns.said(health(61, 3), THRESHOLDS));
        assertEquals(List.of("61 degrees Celsius, the threshold is 60", "3 reallocated sectors, the threshold is 1"),
            concerns.texts());
        assertFalse(concerns.said(health(40, 3), THRESHOLDS));
        assertEquals(List.of("3 reallocated sectors, the threshold is 1"), concerns.texts());
    }

    @Test
    void whatADiskSaidBeforeItWasGoneIsNoNewsAfterItsReturn() {
        assertTrue(concerns.said(health(30, 3), THRESHOLDS));
        assertTrue(concerns.gone());
        assertFalse(concerns.gone());
        assertTrue(concerns.isGone());
        assertEquals(List.of("the disk is gone", "3 reallocated sectors, the threshold is 1"), concerns.texts());
        assertFalse(concerns.returned());
        assertFalse(concerns.isGone());
        assertFalse(concerns.said(health(30, 4), THRESHOLDS));
    }

    @Test
    void theReturnOfADiskThatHadNothingElseIsNews() {
        assertTrue(concerns.gone());
        assertTrue(concerns.returned());
        assertEquals(List.of(), concerns.texts());
    }

    private static DiskHealth health(final long temperature, final long reallocated) {
        return new DiskHealth(
            new DiskIdentity("M", "S", 0, "F"), Verdict.PASSED, temperature, 1, 1, reallocated, 0, 0, 0);
    }
}
