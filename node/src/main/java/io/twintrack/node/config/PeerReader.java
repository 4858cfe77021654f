package io.twintrack.node.config;

/** Reads the section of one peer. */
final class PeerReader {
    static final int SMALLEST_MTU = 1408;
    static final int LARGEST_MTU = 65504;

    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final int FRAME_ALIGNMENT = 32;

    private final String iqn;
    private final Claims claims;

    PeerReader(final String iqn, final Claims claims) {
        this.iqn = iqn;
        this.claims = claims;
    }

    PeerConfig read(final Section section) {
        try (section) {
            final String name = section.required("name", Form.name());
            final String peerIqn = section.required("iqn", Form.iscsiName());
            final Endpoint listen = section.required("listen", Form.endpoint(1));
            final Endpoint address = section.required("address", Form.endpoint(1));
            final boolean loopback = address != null && address.isLoopback();
            final int mtu = mtu(section, loopback ? LARGEST_MTU : SMALLEST_MTU);
            final long window = section.optional("window", Form.size(128 << 10, 256 << 20, 1), 2L << 20);
            final long termLength = termLength(section, window);
            final long roundTrip = section.optional("round-trip", Form.duration(10_000, 2 * SECOND), MILLISECOND);
            final long replyTimeout =
                section.optional("reply-timeout", Form.duration(10 * MILLISECOND, 60 * SECOND), 500 * MILLISECOND);
            final int tries = section.optional("tries", Form.integer(1, 100), 5);
            check(section, name, peerIqn, listen, address);
            return new PeerConfig(name, peerIqn, listen, address, mtu, (int) window, (int) termLength, roundTrip,
                replyTimeout, tries);
        }
    }

    private int mtu(final Section section, final int fallback) {
        final int mtu = section.optional("mtu", Form.integer(SMALLEST_MTU, LARGEST_MTU), fallback);
        if (mtu % FRAME_ALIGNMENT != 0) {
            section.reject("mtu", "must be a multiple of " + FRAME_ALIGNMENT + "; the next below is "
                + (mtu - mtu % FRAME_ALIGNMENT));
        }
        return mtu;
    }

    private static long termLength(final Section section, final long window) {
        final long fallback = Math.max(8L << 20, Long.highestOneBit(2 * window - 1) * 2);
        final long termLength = section.optional("term-length", Form.powerOfTwoSize(256 << 10, 512 << 20), fallback);
        if (termLength < 2 * window) {
            section.reject("term-length", "must be at least two windows, " + Units.sizeText(2 * window));
        }
        return termLength;
    }

    private void check(final Section section, final String name, final String peerIqn, final Endpoint listen,
        final Endpoint address) {
        claims.claim("peer name", name, section, "name");
        claims.claim("UDP address", listen, section, "listen");
        if (peerIqn != null && peerIqn.equals(iqn)) {
            section.reject("iqn", "must be the name of another node; this is the node's own");
        }
        if (address != null && address.equals(listen)) {
            section.reject("address", "must be where the peer listens; this is where this side listens");
        }
    }
}
