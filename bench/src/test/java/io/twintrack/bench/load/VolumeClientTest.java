package io.twintrack.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.Status;
import io.twintrack.engine.volume.RequestListener;
import io.twintrack.engine.volume.Volume;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VolumeClientTest {
    private static final int SLOT = 256 << 10;

    private final List<String> asked = new ArrayList<>();
    private final List<String> completed = new ArrayList<>();
    private final Deque<Runnable> atWork = new ArrayDeque<>();
    private int room = Integer.MAX_VALUE;
    private Status next = Status.OK;
    private final VolumeClient client =
        new VolumeClient(new SlotVolume(), length -> 4096, nowNs -> work(), Set.of(1L, 2L), () -> asked.add("end"));

    @Test
    void aShortRequestIsPassedOnAsItIs() {
        assertTrue(client.write(4096, 512, 1024, 7));
        assertEquals(List.of("write 4096+512 at 1024"), asked);
        poll();
        assertEquals(List.of("7 true"), completed);
    }

    @Test
    void aLongRequestCompletesOnceWithItsLastPart() {
        assertTrue(client.read(0, 1 << 20, 8192, 3));
        assertEquals(List.of(
            "read 0+262144 at 8192", "read 262144+262144 at 270336",
            "read 524288+262144 at 532480", "read 786432+262144 at 794624"), asked);
        poll();
        assertEquals(List.of("3 true"), completed);
        poll();
        assertEquals(List.of("3 true"), completed);
    }

    @Test
    void partsThatFoundNoRoomFollowBeforeAnythingElse() {
        room = 3;
        assertTrue(client.write(0, 1 << 20, 0, 0));
        assertFalse(client.write(0, 512, 0, 1), "the first is not wholly submitted");
        assertEquals(3, asked.size());
        poll();
        assertEquals(List.of(), completed);
        assertEquals("write 786432+262144 at 786432", asked.get(3));
        poll();
        assertEquals(List.of("0 true"), completed);
        assertTrue(client.write(0, 512, 0, 1));
    }

    @Test
    void whatFindsNoRoomAtAllIsRefused() {
        room = 0;
        assertFalse(client.write(0, 1 << 20, 0, 0));
        poll();
        assertEquals(List.of(), completed);
        assertTrue(client.write(0, 512, 0, 0), "there is room after a duty cycle");
    }

    @Test
    void onePartThatFailsFailsTheWhole() {
        next = Status.IO_ERROR;
        assertTrue(client.write(0, 2 * SLOT, 0, 5));
        poll();
        assertEquals(List.of("5 false"), completed);
        assertTrue(client.write(0, 512, 0, 5));
        poll();
        assertEquals(List.of("5 false", "5 true"), completed);
    }

    @Test
    void closingEndsWhatWasStarted() {
        client.close();
        assertEquals(List.of("end"), asked);
        assertEquals(Set.of(1L, 2L), client.pids());
    }

    private void poll() {
        client.poll((tag, ok) -> completed.add(tag + " " + ok));
    }

    /** Ends what was taken, and has room for all that comes. */
    private int work() {
        final int count = atWork.size();
        while (!atWork.isEmpty()) {
            atWork.remove().run();
        }
        room = Integer.MAX_VALUE;
        return count;
    }

    private final class SlotVolume implements Volume {
        @Override
        public String name() {
            return "vol0";
        }

        @Override
        public long size() {
            return 1 << 30;
        }

        @Override
        public int sectorSize() {
            return 512;
        }

        @Override
        public Status serving() {
            return Status.OK;
        }

        @Override
        public int maxTransfer() {
            return SLOT;
        }

        @Override
        public boolean read(
            final long address, final int length, final long offset, final RequestListener listener, final long tag) {
            return take("read " + address + "+" + length + " at " + offset, listener, tag);
        }

        @Override
        public boolean write(
            final long address, final int length, final long offset, final boolean durable,
            final RequestListener listener, final long tag) {
            assertFalse(durable);
            return take("write " + address + "+" + length + " at " + offset, listener, tag);
        }

        @Override
        public boolean flush(final RequestListener listener, final long tag) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean zero(
            final long offset, final long length, final boolean deallocate, final boolean durable,
            final RequestListener listener, final long tag) {
            throw new UnsupportedOperationException();
        }

        private boolean take(final String request, final RequestListener listener, final long tag) {
            if (room == 0) {
                return false;
            }
            room--;
            asked.add(request);
            final Status status = next;
            next = Status.OK;
            atWork.add(() -> listener.onComplete(tag, status));
            return true;
        }
    }
}
