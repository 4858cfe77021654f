package io.twintrack.node.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The form of a value: how it is read from text, and what is allowed in words that follow "must be".
 *
 * @param allowed such as {@code a whole number from 1 to 10}.
 * @param reader  returns {@code null} for text that does not have this form.
 */
record Form<T>(String allowed, Function<String, T> reader) {
    private static final Pattern ISCSI_NAME = Pattern.compile(
        "iqn\\.[0-9]{4}-(0[1-9]|1[0-2])(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:[a-z0-9.:-]+)?"
            + "|eui\\.[0-9A-F]{16}|naa\\.([0-9A-F]{16}|[0-9A-F]{32})");

    T read(final String text) {
        return reader.apply(text.strip());
    }

    static Form<Integer> integer(final int least, final int most) {
        return new Form<>("a whole number from " + least + " to " + most, text -> {
            final int value = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
            return value < least || value > most ? null : value;
        });
    }

    /** For what the kernel counts in powers of two. */
    static Form<Integer> powerOfTwo(final int least, final int most) {
        final Form<Integer> integer = integer(least, most);
        return new Form<>("a power of two from " + least + " to " + most, text -> {
            final Integer value = integer.read(text);
            return value == null || Integer.bitCount(value) != 1 ? null : value;
        });
    }

    /** @param multiple of which the size must be one, in bytes. */
    static Form<Long> size(final long least, final long most, final long multiple) {
        final String allowed = "a size from " + Units.sizeText(least) + " to " + Units.sizeText(most)
            + (multiple == 1 ? "" : ", a multiple of " + Units.sizeText(multiple)) + ", such as \"256 KiB\"";
        return new Form<>(allowed, text -> {
            final long bytes = Units.size(text);
            return bytes < least || bytes > most || bytes % multiple != 0 ? null : bytes;
        });
    }

    static Form<Long> powerOfTwoSize(final long least, final long most) {
        final String allowed = "a power of two from " + Units.sizeText(least) + " to " + Units.sizeText(most)
            + ", such as \"256 KiB\"";
        return new Form<>(allowed, text -> {
            final long bytes = Units.size(text);
            return bytes < least || bytes > most || Long.bitCount(bytes) != 1 ? null : bytes;
        });
    }

    /** In nanoseconds. */
    static Form<Long> duration(final long least, final long most) {
        final String allowed = "a time from " + Units.durationText(least) + " to " + Units.durationText(most)
            + ", such as \"500 ms\"";
        return new Form<>(allowed, text -> {
            final long nanoseconds = Units.duration(text);
            return nanoseconds < least || nanoseconds > most ? null : nanoseconds;
        });
    }

    /** @param leastPort 0 where the system may choose the port, else 1. */
    static Form<Endpoint> endpoint(final int leastPort) {
        return new Form<>("an address and a port, such as 10.0.0.1:40001 or [::1]:40001", text -> {
            final Endpoint endpoint = Endpoint.parse(text);
            return endpoint == null || endpoint.port() < leastPort ? null : endpoint;
        });
    }

    static <E extends Enum<E>> Form<E> oneOf(final Class<E> words) {
        final E[] values = words.getEnumConstants();
        final String allowed = String.join(" or ", Arrays.stream(values).map(Form::word).toList());
        return new Form<>(allowed, text ->
            Arrays.stream(values).filter(value -> word(value).equals(text)).findFirst().orElse(null));
    }

    /** A name that is safe in a path, a URI and a log line. */
    static Form<String> name() {
        return matching("1 to 64 letters, digits, dots, dashes or underscores, the first a letter or digit",
            "[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    }

    /** RFC 7143, section 4.2.7: at most 223 bytes. */
    static Form<String> iscsiName() {
        return new Form<>("an iSCSI name in lower case, such as iqn.2026-11.io.twintrack:host-a",
            text -> text.length() <= 223 && ISCSI_NAME.matcher(text).matches() ? text : null);
    }

    static Form<String> path() {
        return new Form<>("the path of a file or block device",
            text -> text.isEmpty() || text.indexOf('\0') >= 0 ? null : text);
    }

    /** Any text that is not empty. */
    static Form<String> text() {
        return new Form<>("a text", text -> text.isEmpty() || text.indexOf('\0') >= 0 ? null : text);
    }

    static Form<Boolean> yesOrNo() {
        return new Form<>("true or false", text ->
            text.equals("true") ? Boolean.TRUE : text.equals("false") ? Boolean.FALSE : null);
    }

    static Form<String> hostName() {
        return matching("the name or address of a host", "[A-Za-z0-9._:-]{1,253}");
    }

    static Form<String> mailAddress() {
        return matching("a mail address, such as storage@example.org", "[^@\\s<>,]+@[A-Za-z0-9.-]+");
    }

    static Form<URI> webAddress() {
        return new Form<>("a web address, such as https://example.org/alerts", text -> {
            try {
                final URI uri = new URI(text);
                final boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                return web && uri.getHost() != null ? uri : null;
            } catch (final URISyntaxException e) {
                return null;
            }
        });
    }

    private static Form<String> matching(final String allowed, final String pattern) {
        return new Form<>(allowed, text -> text.matches(pattern) ? text : null);
    }

    private static String word(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
