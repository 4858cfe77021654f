package io.twintrack.node.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the section of one peer. */
final class PeerReader {
    static final int SMALLEST_MTU = 1408;
    static final int LARGEST_MTU = 65504;

    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final int FRAME_ALIGNMENT = 32;

    private final Path folder;
    private final String iqn;
    private final Claims claims;

    PeerReader(final Path folder, final String iqn, final Claims claims) {
        this.folder = folder;
        this.iqn = iqn;
        this.claims = claims;
    }

    PeerConfig read(final Section section) {
        try (section) {
            final String name = section.required("name", Form.name());
            final String peerIqn = section.required("iqn", Form.iscsiName());
            final Path keyFile = keyFile(section);
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
            return new PeerConfig(name, peerIqn, keyFile, listen, address, mtu, (int) window, (int) termLength,
                roundTrip, replyTimeout, tries);
        }
    }

    /** Whether it is a key is looked at now, and what it is only where it is used. */
    private Path keyFile(final Section section) {
        final String path = section.required("key-file", Form.path());
        if (path == null) {
            return null;
        }
        final Path file = folder.resolve(path).normalize();
        if (!Files.isRegularFile(file)) {
            section.reject("key-file", "does not exist at " + file + "; make it on one node with: "
                + "bin/twintrack create-key " + file + ", and copy it to the other one");
            return file;
        }
        try {
            KeyFile.read(file);
        } catch (final AccessDeniedException e) {
            section.reject("key-file", "may not be read by this user");
        } catch (final IOException e) {
            section.reject("key-file", e.getMessage());
        }
        return file;
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
