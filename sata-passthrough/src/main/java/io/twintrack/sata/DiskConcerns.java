package io.twintrack.sata;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Why a person should look at one disk, and when that is news: a reason is news once while it lasts, whatever its
 * number does meanwhile. One thread changes it, any may read {@link #texts()}.
 */
final class DiskConcerns {
    /** A reason to look at a disk. */
    enum Reason {
        GONE, FAILING, TEMPERATURE, REALLOCATED_SECTORS, PENDING_SECTORS, CRC_ERRORS
    }

    private Map<Reason, String> lasting = new EnumMap<>(Reason.class);
    private volatile List<String> texts = List.of();

    /** A sentence for each reason that lasts. Any thread. */
    List<String> texts() {
        return texts;
    }

    boolean isGone() {
        return lasting.containsKey(Reason.GONE);
    }

    /** What it said before it was gone stays true. @return true when this is news. */
    boolean gone() {
        final Map<Reason, String> now = new EnumMap<>(lasting);
        now.put(Reason.GONE, "the disk is gone");
        return replace(now);
    }

    /** @return true when this is news. */
    boolean returned() {
        final Map<Reason, String> now = new EnumMap<>(lasting);
        now.remove(Reason.GONE);
        return replace(now);
    }

    /** @return true when this is news: a reason came, or the last one ended. */
    boolean said(final DiskHealth health, final DiskHealth.Thresholds thresholds) {
        return replace(health.concerns(thresholds));
    }

    private boolean replace(final Map<Reason, String> now) {
        final boolean came = !lasting.keySet().containsAll(now.keySet());
        final boolean ended = now.isEmpty() && !lasting.isEmpty();
        lasting = now;
        texts = List.copyOf(now.values());
        return came || ended;
    }
}
