package io.twintrack.node.disk;

import io.twintrack.node.alert.Alert;
import io.twintrack.node.alert.Alerts;
import io.twintrack.node.config.AlertConfig;
import io.twintrack.sata.DiskIdentity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** From what a disk says to the alerts of its node. */
@Timeout(120)
class DiskEventsTest {
    private static final DiskIdentity IDENTITY = new DiskIdentity("WDC", "WD-1", 0, "82.0");
    private static final List<String> HOT = List.of("61 degrees Celsius, the threshold is 60");

    private final Alerts alerts =
        Alerts.start("iqn.2026-11.io.twintrack:host-a", new AlertConfig(null, null, null));
    private final DiskEvents events = new DiskEvents(alerts);

    @Test
    void anAlertNamesTheDiskByItsPathAndLastsUntilTheDiskRecovers() {
        events.onConcerns("/dev/sda", IDENTITY, HOT);
        events.onConcerns("/dev/sdb", IDENTITY, HOT);
        events.onConcerns("/dev/sdb", IDENTITY, List.of(HOT.get(0), "the disk is gone"));
        events.onConcerns("/dev/sda", IDENTITY, List.of());
        events.onConcerns("/dev/sda", IDENTITY, HOT);
        events.onConcerns("/dev/sda", IDENTITY, List.of());
        alerts.close();
        assertEquals(List.of("disk-health /dev/sda", "disk-health /dev/sdb", "disk-health /dev/sdb",
            "disk-recovered /dev/sda", "disk-health /dev/sda", "disk-recovered /dev/sda"),
            alerts.view().recent().stream().map(alert -> alert.event() + ' ' + alert.pair()).toList());
        assertEquals(1, alerts.view().active().size());
        final Alert active = alerts.view().active().get(0);
        assertEquals("/dev/sdb", active.pair());
        assertEquals("disk WDC, serial WD-1: 61 degrees Celsius, the threshold is 60; the disk is gone",
            active.what());
        assertTrue(active.whatToDo().contains("twintrack disk health /dev/sdb"), active.whatToDo());
    }
}
