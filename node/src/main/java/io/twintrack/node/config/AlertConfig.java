package io.twintrack.node.config;

import java.net.URI;

/**
 * Who is told when something needs a person; {@code null} for each way that is not configured.
 *
 * @param command gets the event on its standard input.
 * @param webhook gets it by POST.
 * @param mail    gets it by SMTP.
 */
public record AlertConfig(HookConfig command, URI webhook, MailConfig mail) {
    /** Alerts go to the log alone. */
    public static final AlertConfig NONE = new AlertConfig(null, null, null);
}
