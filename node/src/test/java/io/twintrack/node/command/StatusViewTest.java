package io.twintrack.node.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A status that is shown again and again stands once on the screen, however narrow that is. */
@Timeout(120)
class StatusViewTest {
    private static final String LONG =
        "PAIR  ROLE     STATE       THIS SIDE   PEER SIDE  MODE  SIZE   CHANGED  CLIENTS  SINCE";

    /** @return what is written when these texts follow each other. */
    private static String watched(final TerminalSize size, final String... texts) throws Exception {
        final Deque<String> left = new ArrayDeque<>(List.of(texts));
        final StringWriter out = new StringWriter();
        new StatusView(() -> {
            if (left.size() == 1) {
                Thread.currentThread().interrupt();
            }
            return JsonNodeFactory.instance.textNode(left.remove());
        }, node -> node.asText(), new PrintWriter(out), () -> size, 1).watch();
        assertTrue(Thread.interrupted() && left.isEmpty());
        return out.toString();
    }

    private static List<String> screen(final int columns, final int rows, final String... texts) throws Exception {
        return new FakeTerminal(columns, rows).show(watched(new TerminalSize(columns, rows), texts)).shown();
    }

    @Test
    void aWideTerminalShowsTheLastOne() throws Exception {
        assertEquals(List.of(LONG, "vol0 up-to-date"),
            screen(120, 24, LONG + "\nvol0 severed\nvol0: alert: severed\n", LONG + "\nvol0 up-to-date\n"));
    }

    @Test
    void linesThatWrapAreErasedAsAWhole() throws Exception {
        final String last = LONG + "\nvol0 up-to-date";
        assertEquals(List.of(LONG.substring(0, 40), LONG.substring(40, 80), LONG.substring(80), "vol0 up-to-date"),
            screen(40, 24, LONG + "\nvol0 severed", LONG + "\n" + LONG, last));
    }

    /** The cursor stays in the last column until something follows. */
    @Test
    void aLineThatFillsTheWidthTakesOneRow() throws Exception {
        final String full = "x".repeat(40);
        assertEquals(List.of(full, "y".repeat(40), "y"),
            screen(40, 24, full + '\n' + full, full + '\n' + "y".repeat(41)));
        assertEquals(List.of("", "z"), screen(40, 24, "\nx", "\nz"));
    }

    @Test
    void whatDoesNotFitIsCountedInsteadOfScrolledAway() throws Exception {
        final String many = "1\n2\n3\n4\n5\n6\n7\n8";
        assertEquals(List.of("1", "2", "3", "4", "... and 4 lines more"), screen(40, 6, many, many, many));
        assertEquals(List.of("1", "2", "3", "4", "5"), screen(40, 6, many, "1\n2\n3\n4\n5"));
    }

    @Test
    void aTerminalThatDoesNotTellIsTakenForAWideOne() {
        assertEquals(TerminalSize.UNKNOWN, TerminalSize.of("stty: standard input: Inappropriate ioctl for device"));
        assertEquals(TerminalSize.UNKNOWN, TerminalSize.of("0 0"));
        assertEquals(new TerminalSize(80, 24), TerminalSize.of("24 80\n"));
        assertEquals(1, TerminalSize.UNKNOWN.rowsOf(LONG));
    }
}
