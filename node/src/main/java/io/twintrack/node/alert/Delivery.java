package io.twintrack.node.alert;

import java.io.IOException;

/** One way to tell a person. */
@FunctionalInterface
interface Delivery {
    /** @throws IOException when nobody was told. */
    void deliver(Alert alert) throws IOException, InterruptedException;
}
