package io.twintrack.engine.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class PairReportTest {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[PairReport.MAX_LENGTH + 16]);

    /** Each field gets a value of its own that uses all of its bits on the wire. */
    private static PairReport filled() throws IllegalAccessException {
        final PairReport report = new PairReport();
        long value = 0x8000_0000_0000_0001L;
        for (final Field field : PairReport.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            value += 0x0001_0001_0001_0001L;
            if (field.getType() == long.class) {
                field.setLong(report, value);
            } else if (field.getType() == int.class) {
                final boolean oneByte = field.getName().matches("mode|role|sideState|peerSideState");
                field.setInt(report, (int) (oneByte ? value & 0xFF : field.getName().equals("flags") ? value & 0xFFFF
                    : value & 0x7FFF_FFFF));
            } else if (field.getType() == long[].class) {
                for (int i = 0; i < PairReport.HISTORY; i++) {
                    ((long[]) field.get(report))[i] = value++;
                }
            }
        }
        report.pairName = "p".repeat(Protocol.MAX_NAME_LENGTH);
        report.remoteVolume = "v".repeat(Protocol.MAX_VOLUME_NAME_LENGTH);
        return report;
    }

    @Test
    void everyFieldArrivesAsItWasSent() throws IllegalAccessException {
        final PairReport sent = filled();
        final int length = sent.write(buffer, 16);
        assertEquals(PairReport.MAX_LENGTH, length);
        final PairReport received = new PairReport();
        assertTrue(received.read(buffer, 16, length));
        for (final Field field : PairReport.class.getFields()) {
            if (field.getType() == long[].class) {
                assertArrayEquals((long[]) field.get(sent), (long[]) field.get(received), field.getName());
            } else {
                assertEquals(field.get(sent), field.get(received), field.getName());
            }
        }
    }

    @Test
    void aReportThatIsCutShortIsNone() throws IllegalAccessException {
        final int length = filled().write(buffer, 0);
        for (int cut = 0; cut < length; cut++) {
            assertFalse(new PairReport().read(buffer, 0, cut), "cut to " + cut);
        }
    }

    @Test
    void bytesThatAreNoReportNeverThrow() throws IllegalAccessException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final int length = filled().write(buffer, 0);
        final byte[] sound = new byte[length];
        buffer.getBytes(0, sound);
        for (int i = 0; i < 10_000; i++) {
            buffer.putBytes(0, sound);
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                buffer.putByte(random.nextInt(length), (byte) random.nextInt());
            }
            new PairReport().read(buffer, 0, random.nextInt(length + 1));
            SideOrder.read(buffer, 0, random.nextInt(length + 1));
        }
    }

    @Test
    void anOrderArrivesAsItWasSent() {
        final SideOrder order = new SideOrder(200, -1, 2, Long.MIN_VALUE);
        assertEquals(SideOrder.LENGTH, order.write(buffer, 8));
        assertEquals(order, SideOrder.read(buffer, 8, SideOrder.LENGTH));
        assertNull(SideOrder.read(buffer, 8, SideOrder.LENGTH - 1));
        buffer.putByte(10, (byte) 4);
        assertNull(SideOrder.read(buffer, 8, SideOrder.LENGTH), "another message");
    }

    /** Found by fuzzing: it was taken for one, and would have been said again in other words. */
    @Test
    void aNameThatIsNotAsciiMakesItNone() throws IllegalAccessException {
        final int length = filled().write(buffer, 0);
        final PairReport received = new PairReport();
        assertTrue(received.read(buffer, 0, length));
        buffer.putByte(length - 1, (byte) 0xBF);
        assertFalse(received.read(buffer, 0, length));
    }
}
