package io.twintrack.node.alert;

import io.twintrack.node.config.HookConfig;
import io.twintrack.node.config.Units;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Runs a configured program with a text on its standard input. Its standard error goes where the node's goes. */
final class HookProcess {
    private HookProcess() {
    }

    /**
     * Waits for its end.
     *
     * @return its exit code.
     * @throws IOException when it does not start, or did not end in time and was killed.
     */
    static int run(final HookConfig hook, final String input) throws IOException, InterruptedException {
        // Not the node's standard output: what a parent reads there is the node's report.
        final Process process = new ProcessBuilder(hook.command())
            .redirectOutput(Redirect.DISCARD).redirectError(Redirect.INHERIT).start();
        boolean ended = false;
        try {
            write(process, input);
            ended = process.waitFor(hook.timeoutNs(), TimeUnit.NANOSECONDS);
        } finally {
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
        if (!ended) {
            throw new IOException(hook.command().get(0) + " did not end within "
                + Units.durationText(hook.timeoutNs()) + " and was killed");
        }
        return process.exitValue();
    }

    /** A few hundred bytes: a pipe takes them (pipe(7): 64 KiB) whether the program reads them or not. */
    private static void write(final Process process, final String input) {
        try (OutputStream standardInput = process.getOutputStream()) {
            standardInput.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (final IOException e) {
            // It closed its standard input or ended: its exit code tells.
        }
    }
}
