package io.twintrack.engine.sim;

/** What the command line asks for. */
final class SimulatorOptions {
    static final String USAGE = "usage: simulate [--seed N] [--seeds COUNT] [--stride N] [--steps N] [--minutes M] "
        + "[--planted NAME|ALL]";

    long seed = System.nanoTime() >>> 1;
    long seeds = 1;
    /** From one seed to the next. */
    long stride = 1;
    int steps = Simulator.STEPS;
    long minutes;
    Planted planted = Planted.NONE;
    /** Every planted fault in turn, each until it is found. */
    boolean allPlanted;

    static SimulatorOptions parse(final String[] arguments) {
        final SimulatorOptions options = new SimulatorOptions();
        boolean seedsGiven = false;
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " has no value; " + USAGE);
            }
            final long value = arguments[i].equals("--planted") ? 0 : Long.parseLong(arguments[i + 1]);
            switch (arguments[i]) {
                case "--seed" -> options.seed = value;
                case "--seeds" -> options.seeds = value;
                case "--stride" -> options.stride = value;
                case "--steps" -> options.steps = (int) value;
                case "--minutes" -> options.minutes = value;
                case "--planted" -> {
                    options.allPlanted = arguments[i + 1].equals("ALL");
                    options.planted = options.allPlanted ? Planted.NONE : Planted.valueOf(arguments[i + 1]);
                }
                default -> throw new IllegalArgumentException(arguments[i] + " is unknown; " + USAGE);
            }
            seedsGiven |= arguments[i].equals("--seeds");
        }
        if (options.minutes > 0 && !seedsGiven) {
            options.seeds = Long.MAX_VALUE;
        }
        return options;
    }
}
