package io.twintrack.node.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A screen, as far as a status needs one: lines wrap when something follows their last column, what leaves at the top
 * is gone, and of ECMA-48 it knows cursor up and erase to the end of the display.
 */
final class FakeTerminal {
    private static final Pattern CONTROL = Pattern.compile("\033\\[(\\d+A|J)");

    private final int columns;
    private final int rows;
    private final List<StringBuilder> screen = new ArrayList<>();
    private int row;
    private int column;

    FakeTerminal(final int columns, final int rows) {
        this.columns = columns;
        this.rows = rows;
        for (int i = 0; i < rows; i++) {
            screen.add(new StringBuilder());
        }
    }

    FakeTerminal show(final String text) {
        for (int at = 0; at < text.length(); at++) {
            final char next = text.charAt(at);
            if (next == '\033') {
                final Matcher control = CONTROL.matcher(text).region(at, text.length());
                if (!control.lookingAt()) {
                    throw new IllegalArgumentException("not known: " + text.substring(at + 1));
                }
                control(control.group(1));
                at = control.end() - 1;
            } else if (next == '\n') {
                newLine();
            } else {
                put(next);
            }
        }
        return this;
    }

    private void control(final String function) {
        if (function.equals("J")) {
            screen.get(row).setLength(column);
            screen.subList(row + 1, rows).forEach(line -> line.setLength(0));
        } else {
            row = Math.max(0, row - Integer.parseInt(function.substring(0, function.length() - 1)));
        }
    }

    private void put(final char character) {
        if (column == columns) {
            newLine();
        }
        screen.get(row).append(character);
        column++;
    }

    private void newLine() {
        column = 0;
        if (row < rows - 1) {
            row++;
        } else {
            screen.remove(0);
            screen.add(new StringBuilder());
        }
    }

    /** Without the empty rows at its end. */
    List<String> shown() {
        final List<String> lines = new ArrayList<>(screen.stream().map(StringBuilder::toString).toList());
        while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }
}
