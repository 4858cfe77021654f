package io.twintrack.sata;

import org.agrona.concurrent.UnsafeBuffer;

/** Bytes written as documents write them. */
final class Bytes {
    private Bytes() {
    }

    /** @param hex pairs of digits; white space does not count. */
    static UnsafeBuffer of(final String hex) {
        final String digits = hex.replaceAll("\\s", "");
        final byte[] bytes = new byte[digits.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
        }
        return new UnsafeBuffer(bytes);
    }

    static String hex(final UnsafeBuffer buffer, final int offset, final int length) {
        final StringBuilder hex = new StringBuilder();
        for (int i = 0; i < length; i++) {
            hex.append(String.format("%02x", buffer.getByte(offset + i)));
        }
        return hex.toString();
    }
}
