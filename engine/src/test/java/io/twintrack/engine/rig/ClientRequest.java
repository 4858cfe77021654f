package io.twintrack.engine.rig;

import io.twintrack.engine.rig.Ledger.Write;
import java.util.List;

/** What a client asked, and what had happened by then. */
record ClientRequest(
    int slot, Write write, List<Write> covers, long[] lives, boolean durable, int from, int to, long answers) {
}
