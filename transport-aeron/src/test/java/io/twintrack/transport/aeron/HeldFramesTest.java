package io.twintrack.transport.aeron;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HeldFramesTest {
    @Test
    void theOldestIsTheFirstThatIsNotReleased() {
        final HeldFrames held = new HeldFrames(3, 16);
        assertEquals(77, held.oldest(77));
        final long first = hold(held, 100);
        final long second = hold(held, 200);
        final long third = hold(held, 300);
        held.release(second);
        assertEquals(100, held.oldest(400));
        held.release(first);
        assertEquals(300, held.oldest(400));
        held.release(third);
        assertEquals(400, held.oldest(400));
    }

    @Test
    void agreesWithAListUnderRandomUse() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final HeldFrames held = new HeldFrames(5, 16);
        final List<long[]> model = new ArrayList<>();
        long position = 0;
        for (int i = 0; i < 100_000; i++) {
            if (!held.isFull() && random.nextBoolean()) {
                final long token = hold(held, position += 32);
                assertEquals(5, HeldFrames.ownerOf(token));
                model.add(new long[]{token, position});
            } else if (!model.isEmpty()) {
                final long token = model.remove(random.nextInt(model.size()))[0];
                held.release(token);
                assertThrows(IllegalStateException.class, () -> held.release(token));
            }
            assertEquals(model.isEmpty() ? -1 : model.get(0)[1], held.oldest(-1), "seed " + seed);
            assertEquals(model.size(), held.count(), "seed " + seed);
        }
    }

    @Test
    void isFullWhenItsPlacesAre() {
        final HeldFrames held = new HeldFrames(0, 2);
        final long first = hold(held, 0);
        final long second = hold(held, 32);
        assertTrue(held.isFull());
        held.release(second);
        assertTrue(held.isFull(), "places are given back in order");
        held.release(first);
        assertEquals(0, held.count());
        assertThrows(IllegalStateException.class, () -> held.release(held.nextToken()));
    }

    private static long hold(final HeldFrames held, final long position) {
        final long token = held.nextToken();
        held.hold(position);
        return token;
    }
}
