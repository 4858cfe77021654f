package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** From what a disk says of itself to what its node is told, with thresholds. */
class DiskWatchTest {
    private static final DiskIdentity IDENTITY = new DiskIdentity("M", "S", 1, "F");
    private static final DiskTraits TRAITS =
        new DiskTraits(512, 512, 0, 1L << 30, 4, 64 << 10, true, true, false, true, false, true, -1);

    private final List<List<String>> told = new ArrayList<>();
    private DiskHealth says = health(30, 0, 0);

    private static DiskHealth health(final long celsius, final long reallocated, final long pending) {
        return new DiskHealth(IDENTITY, DiskHealth.Verdict.PASSED, celsius, 100, 10, reallocated, pending, 0, 0);
    }

    private DiskWatch watch(final long intervalNs) {
        return new DiskWatch(new DiskHealth.Thresholds(60, 1, 1, 100), intervalNs,
            (device, concerns) -> told.add(List.copyOf(concerns)), device -> {
                if (says == null) {
                    throw new SataException("no answer", 0);
                }
                return says;
            });
    }

    @Test
    void aThresholdThatIsReachedIsToldOnceAndItsEndToo() {
        try (ScriptedDisk disk = new ScriptedDisk(TRAITS)) {
            final DiskWatch watch = watch(0);
            watch.add(disk.device);
            watch.lookAtAll();
            assertEquals(List.of(), told, "nothing to tell");
            assertEquals(30, watch.health(disk.device).temperature());
            says = health(61, 0, 0);
            watch.lookAtAll();
            watch.lookAtAll();
            final String hot = "61 degrees Celsius, the threshold is 60";
            assertEquals(List.of(List.of(hot)), told);
            assertEquals(List.of(hot), watch.concerns(disk.device));
            says = health(62, 1, 0);
            watch.lookAtAll();
            assertEquals(List.of("62 degrees Celsius, the threshold is 60",
                "1 reallocated sectors, the threshold is 1"), told.get(1));
            says = health(40, 0, 0);
            watch.lookAtAll();
            assertEquals(List.of(), told.get(2));
            assertEquals(3, told.size());
        }
    }

    @Test
    void aDiskThatDoesNotAnswerKeepsWhatItSaidLast() {
        try (ScriptedDisk disk = new ScriptedDisk(TRAITS)) {
            final DiskWatch watch = watch(0);
            watch.add(disk.device);
            says = null;
            watch.lookAtAll();
            assertNull(watch.health(disk.device));
            says = health(30, 0, 2);
            watch.lookAtAll();
            says = null;
            watch.lookAtAll();
            assertEquals(2, watch.health(disk.device).pendingSectors());
            assertEquals(List.of(List.of("2 pending sectors, the threshold is 1")), told);
        }
    }

    @Test
    void aDiskIsNotAskedBeforeItsTime() {
        try (ScriptedDisk disk = new ScriptedDisk(TRAITS)) {
            final DiskWatch watch = watch(TimeUnit.HOURS.toNanos(1));
            watch.add(disk.device);
            watch.lookAtAll();
            says = health(61, 0, 0);
            watch.lookAtAll();
            assertEquals(List.of(), told);
            assertEquals(30, watch.health(disk.device).temperature());
        }
    }
}
