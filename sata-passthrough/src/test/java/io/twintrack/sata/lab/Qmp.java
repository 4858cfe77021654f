package io.twintrack.sata.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * QEMU's own control, from within the guest: the second serial line leads there. Commands and replies are JSON, a line
 * each; what the line held before counts as noise.
 */
public final class Qmp {
    private static final long LIMIT_S = 20;
    private static final long GREETING_S = 3;
    private static final int GREETINGS = 10;
    private static Qmp only;

    private final InputStream in;
    private final OutputStream out;
    private final BlockingQueue<String> received = new ArrayBlockingQueue<>(1000);

    private Qmp(final Path line) throws IOException {
        in = Files.newInputStream(line);
        out = Files.newOutputStream(line, StandardOpenOption.WRITE);
    }

    /** One for the whole guest: two readers would share what comes. */
    public static synchronized Qmp open() {
        if (only == null) {
            only = connect();
        }
        return only;
    }

    private static Qmp connect() {
        try {
            final Qmp qmp = new Qmp(Path.of("/dev/ttyS1"));
            final Thread reader = new Thread(qmp::receive, "qmp");
            reader.setDaemon(true);
            reader.start();
            // What the line echoed before it was raw may be the beginning of a command to QEMU; 0xFF ends that.
            boolean answered = false;
            for (int tries = 0; tries < GREETINGS && !answered; tries++) {
                qmp.out.write(0xFF);
                qmp.send("{\"execute\": \"qmp_capabilities\"}");
                // A second one is an error, which is as good a sign of life.
                answered = qmp.find(GREETING_S, "\"return\"", "\"CommandNotFound\"") != null;
            }
            if (!answered) {
                throw new AssertionError("QEMU does not answer");
            }
            qmp.received.clear();
            return qmp;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param arguments JSON. */
    public void execute(final String command, final String arguments) {
        send("{\"execute\": \"" + command + "\", \"arguments\": " + arguments + "}");
        final String reply = await("\"return\"", "\"error\"");
        if (reply.contains("\"error\"")) {
            throw new AssertionError(command + ": " + reply);
        }
    }

    /** Of disk LAB3; 0 for no limit. */
    public void limitSlowDisk(final int bytesPerSecond) {
        execute("qom-set", "{\"path\": \"/objects/slow\", \"property\": \"limits\", \"value\": {\"bps-total\": "
            + bytesPerSecond + "}}");
    }

    private void send(final String json) {
        try {
            out.write((json + '\n').getBytes(StandardCharsets.US_ASCII));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String await(final String... texts) {
        final String found = find(LIMIT_S, texts);
        if (found == null) {
            throw new AssertionError("QEMU does not say " + String.join(" or ", texts));
        }
        return found;
    }

    /** @return the next line with one of these texts, null when the line is silent for so many seconds. */
    private String find(final long seconds, final String... texts) {
        try {
            for (String next = received.poll(seconds, TimeUnit.SECONDS); next != null;
                next = received.poll(seconds, TimeUnit.SECONDS)) {
                for (final String text : texts) {
                    if (next.contains(text)) {
                        return next;
                    }
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }

    private void receive() {
        try {
            final BufferedReader line = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String next = line.readLine(); next != null; next = line.readLine()) {
                received.offer(next);
            }
        } catch (final IOException e) {
            received.offer("the line ended: " + e.getMessage());
        }
    }
}
