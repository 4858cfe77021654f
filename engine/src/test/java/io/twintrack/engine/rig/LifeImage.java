package io.twintrack.engine.rig;

import io.twintrack.engine.metadata.MetadataLayout;
import java.nio.ByteBuffer;

/** What both disks of a node hold. */
public record LifeImage(byte[] data, byte[] metadata) {
    /** Nothing was ever recorded; the target's disk, as any disk that was not made for this, holds something else. */
    public static LifeImage[] blank(final long deviceSize) {
        final int metadata = (int) new MetadataLayout(deviceSize, LifeRig.TRACK).length();
        return new LifeImage[] {new LifeImage(new byte[(int) deviceSize], new byte[metadata]),
            new LifeImage(used((int) deviceSize), new byte[metadata])};
    }

    /** What no client wrote. */
    static byte[] used(final int size) {
        final ByteBuffer bytes = ByteBuffer.allocate(size);
        while (bytes.hasRemaining()) {
            final long sector = bytes.position() / Ledger.SECTOR;
            bytes.putLong(-1).putLong(Long.reverseBytes(sector));
        }
        return bytes.array();
    }
}
