package io.twintrack.node.command;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Of the terminal that standard output goes to, in characters. */
record TerminalSize(int columns, int rows) {
    /** Where there is no terminal, or it does not tell: nothing wraps and nothing is cut. */
    static final TerminalSize UNKNOWN = new TerminalSize(Integer.MAX_VALUE, Integer.MAX_VALUE);

    private static final Pattern SIZE = Pattern.compile("(\\d{1,5}) (\\d{1,5})");
    private static final long LONGEST_MS = 500;

    /** Asked anew each time, since a person changes it. POSIX's stty(1) tells it of its standard input. */
    static TerminalSize now() {
        try {
            final String terminal = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            final boolean isTerminal = terminal.startsWith("/dev/pts/") || terminal.startsWith("/dev/tty");
            return isTerminal ? of(new File(terminal)) : UNKNOWN;
        } catch (final IOException e) {
            return UNKNOWN;
        }
    }

    private static TerminalSize of(final File terminal) throws IOException {
        final Process stty = new ProcessBuilder("stty", "size").redirectInput(terminal)
            .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            if (!stty.waitFor(LONGEST_MS, TimeUnit.MILLISECONDS)) {
                return UNKNOWN;
            }
            return of(new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        } finally {
            stty.destroy();
        }
    }

    /** @param said rows and columns, 0 where the terminal does not know. */
    static TerminalSize of(final String said) {
        final Matcher size = SIZE.matcher(said.strip());
        if (!size.matches()) {
            return UNKNOWN;
        }
        return new TerminalSize(known(size.group(2)), known(size.group(1)));
    }

    private static int known(final String count) {
        final int number = Integer.parseInt(count);
        return number == 0 ? UNKNOWN.columns : number;
    }

    /** How many rows a line takes that wraps at the last column. */
    int rowsOf(final String line) {
        final int length = line.codePointCount(0, line.length());
        return Math.max(1, (length - 1) / columns + 1);
    }

    /** The same for all lines of a text. */
    int rowsOfAll(final String text) {
        return text.lines().mapToInt(this::rowsOf).sum();
    }

    /** As much of the text as leaves a row for the cursor, which cannot go back to what has left the screen. */
    String fit(final String text) {
        if (rowsOfAll(text) < rows) {
            return text;
        }
        final StringBuilder shown = new StringBuilder();
        final String[] lines = text.split("\n");
        int taken = 0;
        int next = 0;
        while (next < lines.length && taken + rowsOf(lines[next]) < rows - 1) {
            taken += rowsOf(lines[next]);
            shown.append(lines[next++]).append('\n');
        }
        return shown.append("... and ").append(lines.length - next).append(" lines more\n").toString();
    }
}
