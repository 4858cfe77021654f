package io.twintrack.engine.counters;

import io.twintrack.engine.Status;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

import static org.junit.jupiter.api.Assertions.*;

class CountersTest {
    private final UnsafeBuffer metadata = buffer(128 * CountersReader.METADATA_LENGTH);
    private final UnsafeBuffer values = buffer(128 * CountersReader.COUNTER_LENGTH);
    private final CountersManager manager = new CountersManager(metadata, values);

    @Test
    void anyReaderFindsThemByLabel() {
        final Counters counters = new Counters(Counters.allocate(manager));
        counters.increment(Counter.WRITES);
        counters.add(Counter.WRITES, 4);
        counters.increment(Counter.ERROR_ACKS);
        counters.ended(Status.OK);
        counters.ended(Status.NOT_READY);
        counters.ended(Status.NOT_READY);
        final CountersReader reader = new CountersReader(metadata, values);
        final List<String> seen = new ArrayList<>();
        reader.forEach((value, id, label) -> seen.add(label + " = " + value));
        assertEquals(Counter.values().length + Status.values().length, seen.size());
        assertTrue(seen.contains("write requests = 5"), seen.toString());
        assertTrue(seen.contains("error acknowledgements received = 1"), seen.toString());
        assertTrue(seen.contains("read requests = 0"), seen.toString());
        assertTrue(seen.contains("requests that ended with NOT_READY = 2"), seen.toString());
        assertEquals(5, counters.get(Counter.WRITES));
        assertEquals(2, counters.get(Counter.REQUESTS_FAILED));
        assertEquals(1, counters.get(Status.OK));
        assertEquals(2, counters.get(Status.NOT_READY));
    }

    @Test
    void othersMayNotComeFirst() {
        manager.allocate("something else");
        assertThrows(IllegalArgumentException.class, () -> Counters.allocate(manager));
    }

    @Test
    void labelsAreDistinct() {
        final List<String> labels = Arrays.stream(Counter.values()).map(Counter::label).toList();
        assertEquals(labels.size(), new HashSet<>(labels).size());
    }

    @Test
    void aBufferThatIsTooShortIsRefused() {
        assertThrows(IndexOutOfBoundsException.class,
            () -> new Counters(buffer(Counters.LENGTH - 8)));
    }

    private static UnsafeBuffer buffer(final int length) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, 128));
    }
}
