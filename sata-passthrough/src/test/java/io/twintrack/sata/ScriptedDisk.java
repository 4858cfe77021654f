package io.twintrack.sata;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrack.engine.Status;
import java.util.ArrayList;
import java.util.List;

/** A device over a {@link ScriptedPort}, on the host: what it sends is seen, and ends as a test says. */
final class ScriptedDisk implements AutoCloseable {
    static final long MEMORY = 1L << 20;

    final ScriptedPort port;
    final SataBlockDevice device;
    /** {@code token status}, in the order of the ends. */
    final List<String> ends = new ArrayList<>();

    ScriptedDisk(final DiskTraits traits) {
        final CommandTable table = new CommandTable(traits.commands(), false);
        port = new ScriptedPort(table);
        device = SataBlockDevice.over(new HeldDisk(-1, new DiskIdentity("M", "S", 1, "F"), traits,
            new SysDisk("/dev/sdx", false, "sdx", "", traits.maxTransfer(), 32, 32, traits.size()), table, port),
            SataOptions.DEFAULT.queueDepth(8));
        device.listener((token, status) -> ends.add(token + " " + status));
    }

    /** @return what was sent since the last call, after so many polls in which all ends well. */
    List<String> sent(final int polls) {
        for (int i = 0; i < polls; i++) {
            device.poll();
        }
        ends.forEach(end -> assertEquals(Status.OK.name(), end.substring(end.indexOf(' ') + 1)));
        final List<String> sent = List.copyOf(port.commands);
        port.commands.clear();
        return sent;
    }

    @Override
    public void close() {
        device.close();
    }
}
