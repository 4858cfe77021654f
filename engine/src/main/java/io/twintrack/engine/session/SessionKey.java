package io.twintrack.engine.session;

/**
 * What binds frames and replies to their session: only who holds the shared key can name it. Neither is secret from
 * somebody who reads the wire.
 *
 * @param id   not 0.
 * @param seed of the checksums of headers.
 */
public record SessionKey(long id, int seed) {
    /** No session: frames and replies that open one have no other. */
    public static final SessionKey NONE = new SessionKey(0, 0);
}
