package io.twintrack.node.config;

import java.util.List;

/**
 * A program that is run when something happens.
 *
 * @param command   the program and its arguments.
 * @param timeoutNs after which it is killed.
 */
public record HookConfig(List<String> command, long timeoutNs) {
    public HookConfig {
        command = List.copyOf(command);
    }
}
