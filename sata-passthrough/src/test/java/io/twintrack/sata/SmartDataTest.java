package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Against SFF-8035i revision 2, with the attributes of a disk as smartmontools' wiki explains them. */
class SmartDataTest {
    private static final DiskIdentity IDENTITY = new DiskIdentity("M", "S", 0, "F");
    private final UnsafeBuffer buffer = Bytes.of("1000"
        + "05" + "3300" + "64" + "64" + "080000000000" + "00"
        + "09" + "3200" + "5c" + "5c" + "d22100007b00" + "00"
        + "be" + "2200" + "45" + "37" + "1f0000002c0f" + "00"
        + "c2" + "2200" + "1f" + "2d" + "1f0000001000" + "00"
        + "c5" + "1200" + "64" + "64" + "020000000000" + "00"
        + "00".repeat(25 * 12) + "00".repeat(150));

    @Test
    void attributesAreFoundByTheirNumber() {
        assertEquals(SmartData.LENGTH, buffer.capacity());
        final SmartData data = new SmartData().wrap(buffer, 0);
        assertEquals(8, data.raw(SmartData.REALLOCATED_SECTORS));
        assertEquals(0x64, data.value(SmartData.REALLOCATED_SECTORS));
        assertEquals(0x007B_0000_21D2L, data.raw(SmartData.POWER_ON_HOURS));
        assertEquals(SmartData.ABSENT, data.raw(SmartData.INTERFACE_CRC_ERRORS));
        assertFalse(data.isIntact());
        int sum = 0;
        for (int i = 0; i < 511; i++) {
            sum += buffer.getByte(i);
        }
        buffer.putByte(511, (byte) -sum);
        assertTrue(data.isIntact());
    }

    @Test
    void whatIsPackedAboveACountIsLeftOut() {
        final DiskHealth health =
            DiskHealth.of(IDENTITY, DiskHealth.Verdict.PASSED, new SmartData().wrap(buffer, 0));
        assertEquals(new DiskHealth(IDENTITY, DiskHealth.Verdict.PASSED, 31, 8658, DiskHealth.UNKNOWN, 8, 2,
            DiskHealth.UNKNOWN, DiskHealth.UNKNOWN), health);
        assertEquals(List.of("8 reallocated sectors, the threshold is 1", "2 pending sectors, the threshold is 1"),
            health.warnings(DiskHealth.Thresholds.DEFAULT));
        assertEquals("SMART PASSED, 31 degrees Celsius, 8658 power-on hours, 8 reallocated sectors, 2 pending sectors",
            health.toString());
    }

    @Test
    void aDiskThatPredictsItsEndIsAWarningWhateverTheThresholds() {
        assertEquals(List.of("the disk predicts that it will fail soon"),
            DiskHealth.unknown(IDENTITY, DiskHealth.Verdict.FAILING).warnings(new DiskHealth.Thresholds(0, 0, 0, 0)));
    }
}
