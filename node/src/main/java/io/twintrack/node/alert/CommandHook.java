package io.twintrack.node.alert;

import io.twintrack.node.Json;
import io.twintrack.node.config.HookConfig;

import java.io.IOException;

/** Tells a program, by JSON on its standard input. */
final class CommandHook implements Delivery {
    private final HookConfig hook;

    CommandHook(final HookConfig hook) {
        this.hook = hook;
    }

    @Override
    public void deliver(final Alert alert) throws IOException, InterruptedException {
        final int exitCode = HookProcess.run(hook, Json.text(alert) + '\n');
        if (exitCode != 0) {
            throw new IOException(hook.command().get(0) + " ended with exit code " + exitCode);
        }
    }
}
