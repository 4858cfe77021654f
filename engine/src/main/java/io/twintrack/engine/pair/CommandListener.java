package io.twintrack.engine.pair;

/** Hears how a command ended, exactly once, on the HBA's thread; possibly before the call that gave it returns. */
@FunctionalInterface
public interface CommandListener {
    void onResult(CommandResult result);
}
