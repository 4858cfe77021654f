package io.twintrack.transport.aeron;

import io.twintrack.engine.port.SharedMemory;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whole nodes that send to the wrong port: they are never read, and few of them are kept. */
class StrangerTest {
    @Test
    void nodesThatAreNotThePeerDoNotDisturb() {
        final List<End> strangers = new ArrayList<>();
        try (Pair pair = Pair.direct(1408, 65536)) {
            for (int i = 0; i < InboundStream.MAX_IMAGES + 2; i++) {
                strangers.add(new End(pair.driverOptions(),
                    pair.linkOptions().local(End.freeAddress()).peer(pair.rightAddress), SharedMemory.IGNORED));
            }
            // Only now: a link that nobody works while so many drivers start is lost.
            pair.awaitUp();
            final Traffic traffic = new Traffic(pair.left, pair.right, 1, false);
            Wait.until(() -> pair.right.link.counters().get(LinkCounter.IMAGES_REJECTED) >= 2
                && traffic.answered >= 1_000, () -> {
                strangers.forEach(End::work);
                traffic.step(Long.MAX_VALUE);
            }, pair::toString, 20);
            assertEquals(0, pair.left.downs + pair.right.downs, pair::toString);
            assertTrue(strangers.stream().noneMatch(stranger -> stranger.link.isUp()));
        } finally {
            strangers.forEach(End::close);
        }
    }
}
