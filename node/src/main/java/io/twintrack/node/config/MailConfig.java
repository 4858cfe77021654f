package io.twintrack.node.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Where alerts go by e-mail.
 *
 * @param startTls     refuses a server that does not encrypt.
 * @param user         {@code null} when the server asks for none.
 * @param passwordFile its first line; {@code null} when there is no user.
 */
public record MailConfig(
    Endpoint server, boolean startTls, String user, Path passwordFile, String from, List<String> to) {
    public MailConfig {
        to = List.copyOf(to);
    }
}
