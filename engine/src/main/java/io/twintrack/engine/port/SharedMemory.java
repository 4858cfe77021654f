package io.twintrack.engine.port;

/**
 * Learns which memory other than the HBA's own devices will be asked to read and write: a link's receive buffers.
 * An io_uring registers them as fixed buffers; whoever has no use for it ignores it. HBA's thread only.
 */
public interface SharedMemory {
    SharedMemory IGNORED = new SharedMemory() {
        @Override
        public void onMapped(final long address, final long length) {
        }

        @Override
        public void onUnmapping(final long address, final long length) {
        }
    };

    void onMapped(long address, long length);

    /** Called before the memory goes away and after the last operation on it completed. */
    void onUnmapping(long address, long length);
}
