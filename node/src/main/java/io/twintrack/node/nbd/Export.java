package io.twintrack.node.nbd;

import io.twintrack.engine.volume.Volume;

import java.nio.charset.StandardCharsets;

/** A volume as clients see it. Its name is the volume's. */
public final class Export {
    /** A connection keeps the contexts that it selected in the bits of an int. */
    static final int MAX_CONTEXTS = 8;

    private final Volume volume;
    private final byte[] name;
    private final byte[] description;
    private final boolean fastZero;
    private final ExtentSource[] sources;
    private final byte[][] contexts;

    /** An export that knows no holes and does not promise that zeroing is fast. */
    public Export(final Volume volume, final String description) {
        this(volume, description, false, new Allocation());
    }

    /**
     * @param description for people, at most 4096 bytes in UTF-8.
     * @param fastZero    zeroing is faster than writing, on both sides: else NBD_CMD_FLAG_FAST_ZERO gets ENOTSUP.
     * @param sources     one for each metadata context, at most 8.
     */
    public Export(final Volume volume, final String description, final boolean fastZero,
                  final ExtentSource... sources) {
        if (sources.length > MAX_CONTEXTS) {
            throw new IllegalArgumentException(sources.length + " metadata contexts are more than " + MAX_CONTEXTS);
        }
        this.volume = volume;
        this.name = string(volume.name());
        this.description = string(description);
        this.fastZero = fastZero;
        this.sources = sources.clone();
        this.contexts = new byte[sources.length][];
        for (int i = 0; i < sources.length; i++) {
            contexts[i] = string(sources[i].context());
        }
    }

    public Volume volume() {
        return volume;
    }

    byte[] name() {
        return name;
    }

    byte[] description() {
        return description;
    }

    boolean fastZero() {
        return fastZero;
    }

    int contextCount() {
        return sources.length;
    }

    byte[] context(final int index) {
        return contexts[index];
    }

    ExtentSource source(final int index) {
        return sources[index];
    }

    private static byte[] string(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > Nbd.MAX_STRING) {
            throw new IllegalArgumentException("longer than " + Nbd.MAX_STRING + " bytes: " + text);
        }
        return bytes;
    }
}
