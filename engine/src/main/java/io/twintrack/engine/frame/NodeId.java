package io.twintrack.engine.frame;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The short id that stands for a node's IQN in every frame. Both ends derive it, and HELLO carries it beside the
 * whole name: a frame that went to the wrong node is found without comparing names.
 */
public final class NodeId {
    private NodeId() {
    }

    /** @return 1 to 65,534; two names may share one, since HELLO compares the names themselves. */
    public static int of(final String iqn) {
        final CRC32C crc = new CRC32C();
        crc.update(iqn.getBytes(StandardCharsets.UTF_8));
        return 1 + (int) (crc.getValue() % 65_534);
    }
}
