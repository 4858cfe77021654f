package io.twintrack.node.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/**
 * A file with the key that two nodes share: at least 32 random bytes, as base64 text or as they are. Whoever reads it
 * can be either node, so only its owner, and its group where that is wanted, may.
 */
public final class KeyFile {
    /** As many bytes as HMAC-SHA-256 gives: a shorter key would be the weaker part (RFC 2104, section 3). */
    public static final int SHORTEST = 32;

    private static final int LONGEST_FILE = 4096;
    private static final String OWNER_ONLY = "rw-------";

    private KeyFile() {
    }

    /**
     * Makes a key from the system's random numbers.
     *
     * @throws IOException when the file exists or cannot be made.
     */
    public static void create(final Path file) throws IOException {
        final byte[] key = new byte[SHORTEST];
        new SecureRandom().nextBytes(key);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
        Files.writeString(file, Base64.getEncoder().encodeToString(key) + '\n', StandardOpenOption.WRITE);
    }

    /** @throws IOException whose message says what is wrong with the file, in words that follow its name. */
    public static byte[] read(final Path file) throws IOException {
        requirePrivate(file);
        if (Files.size(file) > LONGEST_FILE) {
            throw new IOException("is longer than " + LONGEST_FILE + " bytes, so it is no key");
        }
        final byte[] content = Files.readAllBytes(file);
        final byte[] decoded = decoded(content);
        final byte[] key = decoded == null ? content : decoded;
        if (key.length < SHORTEST) {
            throw new IOException("has a key of " + key.length + " bytes, where at least " + SHORTEST
                + " are needed; make one with: bin/twintrack create-key FILE");
        }
        return key;
    }

    private static void requirePrivate(final Path file) throws IOException {
        final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(PosixFilePermission.OTHERS_READ)
            || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("is open to every user of this host; close it with: chmod 600 " + file);
        }
    }

    /** @return what the base64 text stands for, or {@code null} when it is no such text. */
    private static byte[] decoded(final byte[] content) {
        try {
            return Base64.getDecoder().decode(new String(content, StandardCharsets.ISO_8859_1).strip());
        } catch (final IllegalArgumentException e) {
            return null;
        }
    }
}
