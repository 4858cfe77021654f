package io.twintrack.engine.sim;

import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.sim.Step.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Draws the steps of a run: each run has its own taste for some kinds of faults. Every fourth one tells of a long
 * outage as well, in which the primary goes on alone, writes everywhere and then goes down too: single faults seldom
 * meet so. Every third one has {@linkplain #hasMaintenance maintenance} among its steps.
 */
final class FaultPlan {
    private static final Kind[] LOAD = {Kind.WRITE, Kind.WRITE, Kind.WRITE, Kind.WRITE, Kind.WRITE, Kind.WRITE,
        Kind.WRITE_DURABLE, Kind.READ, Kind.READ, Kind.READ, Kind.FLUSH, Kind.FLUSH, Kind.TRIM, Kind.ZERO, Kind.PAUSE};

    private static final Kind[] DOWN = {Kind.CRASH, Kind.CRASH, Kind.LOSE_POWER, Kind.STOP};
    private static final Kind[] SERVICE = {Kind.RESIZE, Kind.RESIZE, Kind.RESIZE, Kind.DECAY, Kind.REPLACE_DISK,
        Kind.VERIFY, Kind.REPAIR};
    private static final Kind[] BETWEEN = {Kind.CRASH, Kind.CRASH, Kind.LOSE_POWER, Kind.LOSE_POWER_BOTH, Kind.STOP,
        Kind.CUT, Kind.BLIP, Kind.DEMOTE, Kind.SEVER, Kind.RESIZE, Kind.PAUSE};
    private static final int SERVICES = 4;
    private static final int OUTAGES = 4;
    private static final int OUTAGE_LOAD = 30;
    private static final int MAINTENANCE = 3;
    private static final long FIRST_MAINTENANCE = 1_000_001;
    private static final long FIRST_WITH_MODES = 300_000_000;
    private static final long FIRST_WITH_MORE_FAULTS = 500_000_000;

    private final Random random;
    private final Map<Kind, Integer> taste = new EnumMap<>(Kind.class);
    private int tastes;

    private FaultPlan(final long seed) {
        random = new Random(seed);
        for (final Kind kind : Kind.values()) {
            if (kind.ordinal() >= Kind.ATTACH.ordinal() && kind.ordinal() <= Kind.PAUSE.ordinal()) {
                final int weight = random.nextInt(3) == 0 ? random.nextInt(6) : 1;
                taste.put(kind, isRare(kind) && random.nextInt(4) > 0 ? 0 : weight);
            }
        }
        // Whatever ends has to begin again, or the run is over early.
        taste.merge(Kind.START, 6, Integer::sum);
        taste.merge(Kind.ATTACH, 6, Integer::sum);
        taste.merge(Kind.MEND_WIRE, 3, Integer::sum);
        taste.merge(Kind.MEND_DISKS, 3, Integer::sum);
        taste.merge(Kind.REESTABLISH, 2, Integer::sum);
        if (hasMaintenance(seed)) {
            likeMaintenance();
        }
        if (hasMoreFaults(seed)) {
            likeMoreFaults();
        }
        tastes = taste.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * What is done to a pair over the years, at any time. Smaller seeds have none of it: they were looked for, and are
     * known by number, before there was any, and draw what they drew then.
     */
    static boolean hasMaintenance(final long seed) {
        return seed >= FIRST_MAINTENANCE && seed % MAINTENANCE == FIRST_MAINTENANCE % MAINTENANCE;
    }

    /** @return the seed of the i-th plan that has it. */
    static long maintenanceSeed(final long i) {
        return FIRST_MAINTENANCE + i * MAINTENANCE;
    }

    /** Of the pair, as with maintenance: smaller seeds know one mode. */
    static Mode mode(final long seed) {
        return seed < FIRST_WITH_MODES || seed % 2 == 0 ? Mode.DISK : seed % 4 == 1 ? Mode.MEMORY : Mode.LOCAL;
    }

    /** @return the seed of the i-th plan with this mode, which is not disk. */
    static long seed(final Mode mode, final long i) {
        return FIRST_WITH_MODES + (mode == Mode.MEMORY ? 1 : 3) + 4 * i;
    }

    /**
     * Faults of disks, wires and clocks that smaller seeds do not know, and clients that go on while the pair heals.
     */
    static boolean hasMoreFaults(final long seed) {
        return seed >= FIRST_WITH_MORE_FAULTS;
    }

    private void likeMaintenance() {
        for (final Kind kind : Kind.values()) {
            if (kind.ordinal() > Kind.PAUSE.ordinal() && kind.ordinal() < Kind.FAIL_METADATA_READS.ordinal()) {
                taste.put(kind, random.nextInt(3) == 0 ? random.nextInt(6) : 1);
            }
        }
    }

    /** Half of them in each run. */
    private void likeMoreFaults() {
        for (final Kind kind : Kind.values()) {
            if (kind.ordinal() >= Kind.FAIL_METADATA_READS.ordinal()) {
                taste.put(kind, random.nextBoolean() ? 1 + random.nextInt(3) : 0);
            }
        }
    }

    private static boolean isRare(final Kind kind) {
        return kind == Kind.FAIL_WRITES || kind == Kind.FAIL_FLUSHES || kind == Kind.FAIL_METADATA
            || kind == Kind.FAIL_READS || kind == Kind.FORCE_PROMOTE || kind == Kind.DEMOTE;
    }

    /** @return what a client may do next. */
    static Kind load(final Random random) {
        return LOAD[random.nextInt(LOAD.length)];
    }

    static List<Step> draw(final long seed, final int count) {
        final FaultPlan plan = new FaultPlan(seed);
        final List<Step> steps = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            steps.add(plan.step());
        }
        if (seed % OUTAGES == 1) {
            // Early, while nothing else went wrong.
            steps.addAll(plan.random.nextInt(count / 10 + 1), plan.outage());
        }
        for (int i = 0; hasMaintenance(seed) && i < SERVICES; i++) {
            steps.addAll(plan.random.nextInt(steps.size() + 1), plan.service());
        }
        return steps;
    }

    /** Maintenance of a pair in step that something comes between: by chance both seldom meet. */
    private List<Step> service() {
        final List<Step> steps = new ArrayList<>();
        add(steps, 50, Kind.START, Kind.MEND_WIRE, Kind.MEND_DISKS);
        add(steps, 1500, Kind.REESTABLISH, Kind.ACCEPT_DISK, random.nextBoolean() ? Kind.ATTACH : Kind.DETACH);
        add(steps, 2, LOAD[random.nextInt(LOAD.length)], LOAD[random.nextInt(LOAD.length)]);
        final Kind work = SERVICE[random.nextInt(SERVICE.length)];
        final long value = random.nextLong() >>> 1;
        steps.add(new Step(work, 0, 0, value));
        steps.add(new Step(work, 0, 1, value));
        add(steps, 2, LOAD[random.nextInt(LOAD.length)]);
        final Kind between = BETWEEN[random.nextInt(BETWEEN.length)];
        steps.add(new Step(between, random.nextInt(3000) * SimClock.MICRO, random.nextInt(2), 0));
        add(steps, 400, random.nextBoolean() ? Kind.FORCE_PROMOTE : Kind.PAUSE, Kind.START, Kind.MEND_WIRE);
        return steps;
    }

    private List<Step> outage() {
        final List<Step> steps = new ArrayList<>();
        add(steps, 100, Kind.START, Kind.MEND_WIRE, Kind.MEND_DISKS);
        add(steps, 2000, Kind.REESTABLISH, Kind.ATTACH, Kind.CUT);
        add(steps, 1500, Kind.PAUSE, Kind.ATTACH);
        for (int i = 0; i < OUTAGE_LOAD; i++) {
            add(steps, 2, LOAD[random.nextInt(LOAD.length)]);
        }
        final Kind end = DOWN[random.nextInt(DOWN.length)];
        steps.add(new Step(end, 0, 0, 0));
        steps.add(new Step(end, 0, 1, 0));
        add(steps, 200, Kind.START, Kind.MEND_WIRE, Kind.PAUSE);
        return steps;
    }

    private void add(final List<Step> steps, final int mostMillis, final Kind... kinds) {
        for (final Kind kind : kinds) {
            final long value = kind == Kind.START ? 0 : random.nextLong() >>> 1;
            steps.add(new Step(kind, random.nextInt(mostMillis) * SimClock.MILLI, random.nextInt(2), value));
        }
    }

    private Step step() {
        final Kind kind = random.nextInt(10) < 7 ? LOAD[random.nextInt(LOAD.length)] : fault();
        return new Step(kind, pause(kind), random.nextInt(2), random.nextLong() >>> 1);
    }

    private Kind fault() {
        int at = random.nextInt(tastes);
        for (final Map.Entry<Kind, Integer> one : taste.entrySet()) {
            at -= one.getValue();
            if (at < 0) {
                return one.getKey();
            }
        }
        return Kind.PAUSE;
    }

    /** Most follow at once; now and then there is time for everything to come to rest. */
    private long pause(final Kind kind) {
        final int manner = random.nextInt(100);
        if (kind == Kind.PAUSE && manner < 30) {
            return (200 + random.nextInt(3000)) * SimClock.MILLI;
        }
        return manner < 60 ? random.nextInt(100) * SimClock.MICRO
            : manner < 92 ? random.nextInt(2000) * SimClock.MICRO
            : manner < 99 ? random.nextInt(50) * SimClock.MILLI : random.nextInt(1500) * SimClock.MILLI;
    }
}
