package io.twintrack.uring;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Other processes, for the tests. */
final class Child {
    private static final long BOUND_SECONDS = 30;

    private Child() {
    }

    /** @return whether the command exists and ended with 0. */
    static boolean succeeds(final String... command) throws IOException {
        try {
            final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return end(process) == 0;
        } catch (final IOException ex) {
            return false;
        }
    }

    /** @return what the command printed, or why it could not run. */
    static String output(final String... command) {
        try {
            final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            final String output = new String(process.getInputStream().readAllBytes());
            end(process);
            return output;
        } catch (final IOException ex) {
            return ex.getMessage();
        }
    }

    /** @return what another JVM with the same class path printed. */
    static String run(final Class<?> main, final String... arguments) throws IOException {
        return runUnder(List.of(), main, arguments);
    }

    /** @param prefix a command that runs the command behind it. */
    static String runUnder(final List<String> prefix, final Class<?> main, final String... arguments)
        throws IOException {
        final List<String> command = new ArrayList<>(prefix);
        command.add(ProcessHandle.current().info().command().orElse("java"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith("--")).forEach(command::add);
        command.addAll(List.of("-Xmx64m", "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(Arrays.asList(arguments));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes());
        if (end(process) != 0) {
            throw new AssertionError(output);
        }
        return output;
    }

    private static int end(final Process process) {
        try {
            if (process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
            process.destroyForcibly();
            throw new AssertionError("the process did not end");
        } catch (final InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }
}
