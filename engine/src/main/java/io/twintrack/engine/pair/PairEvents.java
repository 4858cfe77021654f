package io.twintrack.engine.pair;

/** Hears what a person should know of, on the HBA's thread. It must not block. */
@FunctionalInterface
public interface PairEvents {
    /** For an HBA that tells nobody. */
    PairEvents NONE = event -> {
    };

    void onEvent(PairEvent event);
}
