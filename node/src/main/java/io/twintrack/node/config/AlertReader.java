package io.twintrack.node.config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads who is told of what happens, and the fence. */
final class AlertReader {
    private static final long SECOND = 1_000_000_000;
    private static final long LONGEST_HOOK = 600 * SECOND;
    private static final long ALERT_TIMEOUT = 10 * SECOND;
    private static final long FENCE_TIMEOUT = 30 * SECOND;
    private static final int SMTP_PORT = 25;

    private final Path folder;

    AlertReader(final Path folder) {
        this.folder = folder;
    }

    AlertConfig alerts(final Section section) {
        try (section) {
            final HookConfig command = section.has("command") ? hook(section, ALERT_TIMEOUT) : null;
            final URI webhook = section.optional("webhook", Form.webAddress(), null);
            final MailConfig mail = section.has("smtp") ? mail(section.section("smtp")) : null;
            return new AlertConfig(command, webhook, mail);
        }
    }

    /** @return {@code null} when nothing is configured. */
    HookConfig fence(final Section node) {
        if (!node.has("fence")) {
            return null;
        }
        try (Section section = node.section("fence")) {
            return hook(section, FENCE_TIMEOUT);
        }
    }

    private HookConfig hook(final Section section, final long timeout) {
        final List<String> command = section.list("command", Form.text());
        if (command.isEmpty()) {
            section.reject("command", "must be a list: the program and its arguments");
        } else {
            checkProgram(section, command.get(0));
        }
        final long timeoutNs = section.optional("timeout", Form.duration(SECOND / 10, LONGEST_HOOK), timeout);
        return new HookConfig(command, timeoutNs);
    }

    /** By its whole path: what PATH holds when it matters is nobody's guess. */
    private static void checkProgram(final Section section, final String program) {
        final Path path = Path.of(program);
        if (!path.isAbsolute()) {
            section.reject("command", "must begin with the whole path of a program, such as /usr/local/bin/page");
        } else if (!Files.isExecutable(path) || Files.isDirectory(path)) {
            section.reject("command", "must begin with a program that this user may run; " + path + " is none");
        }
    }

    private MailConfig mail(final Section section) {
        try (section) {
            final String host = section.required("host", Form.hostName());
            final int port = section.optional("port", Form.integer(1, 65535), SMTP_PORT);
            final boolean startTls = section.optional("starttls", Form.yesOrNo(), true);
            final String user = section.optional("user", Form.text(), null);
            final Path passwordFile = passwordFile(section, user);
            final String from = section.required("from", Form.mailAddress());
            final List<String> to = section.list("to", Form.mailAddress());
            if (to.isEmpty()) {
                section.reject("to", "must be one mail address or more");
            }
            return new MailConfig(new Endpoint(host, port), startTls, user, passwordFile, from, to);
        }
    }

    private Path passwordFile(final Section section, final String user) {
        final String path = section.optional("password-file", Form.path(), null);
        if ((user == null) != (path == null)) {
            section.reject("password-file", "must stand beside \"user\", and only there");
        }
        final Path file = path == null ? null : folder.resolve(path);
        if (file != null && !Files.isReadable(file)) {
            section.reject("password-file", "must be a file that this user may read");
        }
        return file;
    }
}
