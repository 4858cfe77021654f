package io.twintrack.engine.sim;

import java.util.Random;

/** A client that comes when everything is over: the primary has to take its write, keep it, and give it back. */
final class Probe {
    private static final long LOOK_NS = 10 * SimClock.MILLI;
    private static final int REQUESTS = 3;

    private final World world;
    private final SimClient client;
    private final int primary;

    Probe(final World world) {
        this.world = world;
        primary = world.inStepPrimary();
        client = world.clients[primary];
    }

    void run(final Random random) {
        client.attach();
        if (!client.isAttached()) {
            throw new Broken(Guarantee.SERVES, "everything is over, and node " + primary + " takes no client: "
                + world.nodes[primary].pair().volume().serving() + "; " + world.oracles.describe());
        }
        final long failed = client.failed;
        final long answered = client.answered;
        final long spot = random.nextLong() >>> 1;
        client.write(spot, false);
        awaitAnswers();
        client.flush();
        awaitAnswers();
        client.read(spot);
        awaitAnswers();
        if (client.failed != failed || client.answered != answered + REQUESTS) {
            throw new Broken(Guarantee.SERVES, "everything is over, and " + (client.failed - failed) + " of "
                + (client.answered - answered) + " requests failed; " + world.oracles.describe());
        }
        client.detach();
    }

    /** One that never comes is a hang. */
    private void awaitAnswers() {
        while (!client.isIdle()) {
            world.pass(LOOK_NS);
        }
    }
}
