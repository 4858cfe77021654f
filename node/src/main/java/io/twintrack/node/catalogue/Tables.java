package io.twintrack.node.catalogue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What was made by command on this node. Immutable. */
public record Tables(List<VolumeEntry> volumes, List<PairEntry> pairs) {
    public static final Tables EMPTY = new Tables(List.of(), List.of());

    public Tables {
        volumes = List.copyOf(volumes);
        pairs = List.copyOf(pairs);
    }

    public Optional<VolumeEntry> volume(final String name) {
        return volumes.stream().filter(entry -> entry.volume().name().equals(name)).findFirst();
    }

    public Optional<PairEntry> pair(final String name) {
        return pairs.stream().filter(entry -> entry.pair().name().equals(name)).findFirst();
    }

    /** With this volume, in the place of one that has its name. */
    public Tables with(final VolumeEntry added) {
        return new Tables(
            replaced(volumes, entry -> entry.volume().name().equals(added.volume().name()), added), pairs);
    }

    public Tables withoutVolume(final String name) {
        return new Tables(replaced(volumes, entry -> entry.volume().name().equals(name), null), pairs);
    }

    /** With this pair, in the place of one that has its name. */
    public Tables with(final PairEntry added) {
        return new Tables(volumes, replaced(pairs, entry -> entry.pair().name().equals(added.pair().name()), added));
    }

    public Tables withoutPair(final String name) {
        return new Tables(volumes, replaced(pairs, entry -> entry.pair().name().equals(name), null));
    }

    private static <T> List<T> replaced(final List<T> entries, final Predicate<T> old, final T added) {
        final List<T> changed = new ArrayList<>(entries);
        changed.removeIf(old);
        if (added != null) {
            changed.add(added);
        }
        return changed;
    }
}
