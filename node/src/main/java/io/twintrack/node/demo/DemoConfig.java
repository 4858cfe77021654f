package io.twintrack.node.demo;

import io.twintrack.node.config.Units;

/** Writes the demo's two configurations, so that either node can be started again by hand. */
final class DemoConfig {
    private DemoConfig() {
    }

    static String text(final Side side, final long size, final DemoPorts ports) {
        final boolean origin = side == Side.ORIGIN;
        final Side peer = origin ? Side.TARGET : Side.ORIGIN;
        return node(side, peer, size)
            .replace("LISTEN", (origin ? ports.origin() : ports.target()).toString())
            .replace("ADDRESS", (origin ? ports.target() : ports.origin()).toString())
            + "    nbd:\n      listen: " + (origin ? ports.nbd() : ports.targetNbd()) + "\n";
    }

    private static String node(final Side side, final Side peer, final long size) {
        return """
            # The SIDE of the demo's pair. Run it alone with: bin/twintrack node THIS-FILE
            node: iqn.2026-11.io.twintrack.demo:SIDE
            hbas:
              - name: SIDE
                peers:
                  - name: PEER
                    iqn: iqn.2026-11.io.twintrack.demo:PEER
                    listen: LISTEN
                    address: ADDRESS
                    key-file: ../key
                volumes:
                  - name: vol0
                    size: SIZE
                    extents:
                      - path: vol0.img
                pairs:
                  - name: vol0
                    volume: vol0
                    role: SIDE
                    peer: PEER
            """.replace("SIDE", side.word()).replace("PEER", peer.word()).replace("SIZE", Units.sizeText(size));
    }
}
