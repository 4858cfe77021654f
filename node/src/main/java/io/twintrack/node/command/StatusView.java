package io.twintrack.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.control.ControlClient.RefusedException;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;

/** Shows a status once, or again and again in the same place. */
final class StatusView {
    private static final long EVERY_NS = TimeUnit.SECONDS.toNanos(1);
    /** ECMA-48: cursor up, and erase from the cursor to the end of the display. */
    private static final String UP = "\033[%dA";
    private static final String ERASE = "\033[J";

    private final Question question;
    private final Function<JsonNode, String> text;
    private final PrintWriter out;
    private final Supplier<TerminalSize> terminal;
    private final long everyNs;

    /** Asks a node for it. */
    @FunctionalInterface
    interface Question {
        JsonNode ask() throws IOException, RefusedException;
    }

    StatusView(final Question question, final Function<JsonNode, String> text, final PrintWriter out) {
        this(question, text, out, TerminalSize::now, EVERY_NS);
    }

    StatusView(
        final Question question, final Function<JsonNode, String> text, final PrintWriter out,
        final Supplier<TerminalSize> terminal, final long everyNs) {
        this.question = question;
        this.text = text;
        this.out = out;
        this.terminal = terminal;
        this.everyNs = everyNs;
    }

    int show() throws IOException, RefusedException {
        print(text.apply(question.ask()));
        return 0;
    }

    /** Until this thread is interrupted, or the node does not answer any more. */
    int watch() throws IOException, RefusedException {
        String before = "";
        while (!Thread.currentThread().isInterrupted()) {
            final String all = text.apply(question.ask()).stripTrailing() + '\n';
            final TerminalSize size = terminal.get();
            if (!before.isEmpty()) {
                // A terminal that was made narrower since has wrapped what stands there anew.
                out.printf(UP, size.rowsOfAll(before));
                out.print(ERASE);
            }
            before = size.fit(all);
            print(before);
            LockSupport.parkNanos(everyNs);
        }
        return 0;
    }

    private void print(final String shown) {
        out.println(shown.stripTrailing());
        out.flush();
    }
}
