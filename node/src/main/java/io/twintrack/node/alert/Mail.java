package io.twintrack.node.alert;

import io.twintrack.node.config.MailConfig;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Properties;

/** Tells people by e-mail, over SMTP. */
final class Mail implements Delivery {
    private static final String LONGEST_MS = "10000";

    private final MailConfig config;
    private final Session session;

    Mail(final MailConfig config) {
        this.config = config;
        this.session = Session.getInstance(properties(config));
    }

    @Override
    public void deliver(final Alert alert) throws IOException {
        try {
            final MimeMessage message = message(alert);
            if (config.user() == null) {
                Transport.send(message);
            } else {
                Transport.send(message, config.user(), password());
            }
        } catch (final MessagingException e) {
            throw new IOException("the mail server " + config.server() + ": " + e.getMessage(), e);
        }
    }

    private MimeMessage message(final Alert alert) throws MessagingException {
        final MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress(config.from()));
        for (final String to : config.to()) {
            message.addRecipient(Message.RecipientType.TO, new InternetAddress(to));
        }
        message.setSubject("Twintrack: " + alert.pair() + ' ' + alert.event(), StandardCharsets.UTF_8.name());
        message.setSentDate(Date.from(Instant.parse(alert.time())));
        message.setText(text(alert), StandardCharsets.UTF_8.name());
        return message;
    }

    private static String text(final Alert alert) {
        return """
            %s

            At risk:    %s
            What to do: %s

            Event:      %s
            Pair:       %s
            Node:       %s
            Since:      %s
            """.formatted(alert.what(), alert.atRisk(), alert.whatToDo(), alert.event(), alert.pair(), alert.node(),
                alert.since());
    }

    /** Read each time, so that a changed password needs no restart. */
    private String password() throws IOException {
        final List<String> lines = Files.readAllLines(config.passwordFile());
        return lines.isEmpty() ? "" : lines.get(0);
    }

    private static Properties properties(final MailConfig config) {
        final Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", config.server().host());
        properties.setProperty("mail.smtp.port", Integer.toString(config.server().port()));
        properties.setProperty("mail.smtp.auth", Boolean.toString(config.user() != null));
        properties.setProperty("mail.smtp.starttls.enable", Boolean.toString(config.startTls()));
        properties.setProperty("mail.smtp.starttls.required", Boolean.toString(config.startTls()));
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        properties.setProperty("mail.smtp.connectiontimeout", LONGEST_MS);
        properties.setProperty("mail.smtp.timeout", LONGEST_MS);
        properties.setProperty("mail.smtp.writetimeout", LONGEST_MS);
        return properties;
    }
}
