package io.twintrack.bench;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How often things are measured in turn, and for how long each time. */
final class InRounds {
    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds (default: 5).")
    int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "4",
        description = "Seconds of each run (default: 4).")
    private int seconds;

    Duration each() {
        return Duration.ofSeconds(seconds);
    }
}
