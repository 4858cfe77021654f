package io.twintrack.node;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM and SIGINT into an orderly end: the command's thread is told, takes the time that it needs, and the
 * process ends with the command's own exit code. Java would end with 143 as soon as the shutdown hooks return, so the
 * hook waits for the command and halts.
 */
public final class StopSignal {
    private static final long LONGEST_STOP_S = 60;
    private static final int EXIT_HANGING = 70;

    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile Thread commandThread;
    private volatile int exitCode = EXIT_HANGING;

    /** From now on signals are heard, and interrupt the calling thread. */
    public void installInterrupting() {
        commandThread = Thread.currentThread();
        install();
    }

    /** From now on signals are heard, by those who ask {@link #isRequested}. */
    public void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::endProcess, "stop"));
    }

    /** Any thread: asks the command to end. */
    public void request() {
        requested.countDown();
        final Thread thread = commandThread;
        if (thread != null) {
            thread.interrupt();
        }
    }

    public boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** Waits until the command is to end. The interruption that came with it is over then. */
    public void await() {
        while (!isRequested()) {
            try {
                requested.await();
            } catch (final InterruptedException e) {
                // The request itself interrupts.
            }
        }
        Thread.interrupted();
    }

    /** The command has ended; so does the process. */
    void exit(final int code) {
        exitCode = code;
        finished.countDown();
        System.exit(code);
    }

    private void endProcess() {
        if (finished.getCount() > 0) {
            request();
            awaitFinished();
        }
        Runtime.getRuntime().halt(exitCode);
    }

    private void awaitFinished() {
        try {
            finished.await(LONGEST_STOP_S, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
