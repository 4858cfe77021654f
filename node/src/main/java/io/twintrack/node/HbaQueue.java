package io.twintrack.node;

import io.twintrack.engine.port.IoQueue;
import io.twintrack.uring.Ring;

/** What an HBA waits for and hands over in each cycle: its ring, its SATA disks, and the devices composed of
 * several disks. */
final class HbaQueue implements IoQueue {
    private final Ring ring;
    private final DiskSet disks;

    HbaQueue(final Ring ring, final DiskSet disks) {
        this.ring = ring;
        this.disks = disks;
    }

    @Override
    public int poll() {
        return ring.poll() + disks.poll();
    }

    @Override
    public int submit() {
        return ring.submit();
    }
}
