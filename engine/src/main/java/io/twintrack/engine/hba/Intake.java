package io.twintrack.engine.hba;

/** Where requests come from: a host ring, client sockets. Called once in each duty cycle of the HBA. */
@FunctionalInterface
public interface Intake {
    /** Starts what has arrived, while slots and requests are free. @return an amount of work; 0 means idle. */
    int doWork(long nowNs);
}
