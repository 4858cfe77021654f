package io.twintrack.node.alert;

import io.twintrack.engine.pair.PairEvent.Kind;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What lasts, so that nobody is told twice: an event that says the same as one that lasts is no news. */
final class ActiveAlerts {
    /** Good news, or over as soon as it was told. */
    private static final Set<Kind> MOMENTARY =
        EnumSet.of(Kind.RE_ESTABLISHED, Kind.RESYNC_FINISHED, Kind.VERIFY_CLEAN, Kind.DISK_RECOVERED);

    /** Events of one pair, by kind. */
    private final Map<String, Map<Kind, Alert>> lasting = new TreeMap<>();

    /** @return false when it lasts already. */
    boolean take(final Kind kind, final Alert alert) {
        if (MOMENTARY.contains(kind)) {
            ended(kind, alert.pair());
            return true;
        }
        final Map<Kind, Alert> ofPair = lasting.computeIfAbsent(alert.pair(), pair -> new TreeMap<>());
        if (kind == Kind.SEVERED) {
            // This side could go on alone: the fence held, or a person saw to the peer.
            ofPair.remove(Kind.FENCE_FAILED);
        }
        final Alert before = ofPair.get(kind);
        if (before != null && before.what().equals(alert.what())) {
            // Told again, as by a session's other direction, it has lasted since it was told first.
            return false;
        }
        ofPair.put(kind, alert);
        return true;
    }

    List<Alert> list() {
        final List<Alert> list = new ArrayList<>();
        lasting.values().forEach(ofPair -> list.addAll(ofPair.values()));
        return list;
    }

    /**
     * Both sides found each other: not severed, not diverged. All is equal again: no disk is failed either. A disk has
     * nothing else to tell of than what has ended.
     */
    private void ended(final Kind kind, final String pair) {
        final Map<Kind, Alert> ofPair = lasting.get(pair);
        if (ofPair != null && (kind == Kind.RESYNC_FINISHED || kind == Kind.DISK_RECOVERED)) {
            lasting.remove(pair);
        } else if (ofPair != null && kind == Kind.VERIFY_CLEAN) {
            ofPair.remove(Kind.VERIFY_DIFFERENCE);
        } else if (ofPair != null) {
            ofPair.keySet().removeAll(EnumSet.of(Kind.SEVERED, Kind.DIVERGED, Kind.HANDSHAKE_REFUSED,
                Kind.FENCE_FAILED));
        }
    }
}
