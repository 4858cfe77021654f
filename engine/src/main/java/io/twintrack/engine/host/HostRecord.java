package io.twintrack.engine.host;

/**
 * The records between a {@link HostClient} and the {@link HostRing}, as they lie behind the ring's own header of 8
 * bytes. Both lengths, header included, divide every ring: a record is never split and no padding is needed.
 *
 * <pre>
 *   request, type 1                              completion, type 2
 *   0              8        16       24          0              8        12     16         24
 *   +--------------+--------+--------+           +--------------+--------+------+----------+
 *   | correlation  | offset | length |           | correlation  | status | slot | reserved |
 *   +--------------+--------+--------+           +--------------+--------+------+----------+
 *   24       28       32     36          37      38         56
 *   +--------+--------+------+-----------+-------+----------+
 *   | client | volume | slot | operation | flags | reserved |
 *   +--------+--------+------+-----------+-------+----------+
 * </pre>
 *
 * <p>In the byte order of the machine. Slots are counted as the client counts its own, so that none can name
 * another's; -1 where there is none. A client is
 * {@code opening << 8 | index}, so that what a closed client left in the ring is not taken for its successor's.
 */
final class HostRecord {
    static final int REQUEST_TYPE = 1;
    static final int REQUEST_LENGTH = 56;
    static final int CORRELATION_OFFSET = 0;
    static final int OFFSET_OFFSET = 8;
    static final int LENGTH_OFFSET = 16;
    static final int CLIENT_OFFSET = 24;
    static final int VOLUME_OFFSET = 28;
    static final int SLOT_OFFSET = 32;
    static final int OPERATION_OFFSET = 36;
    static final int FLAGS_OFFSET = 37;

    static final int COMPLETION_TYPE = 2;
    static final int COMPLETION_LENGTH = 24;
    static final int COMPLETION_STATUS_OFFSET = 8;
    static final int COMPLETION_SLOT_OFFSET = 12;

    static final byte READ = 1;
    static final byte WRITE = 2;
    static final byte FLUSH = 3;
    static final byte ZERO = 4;

    static final byte DURABLE = 1;
    static final byte DEALLOCATE = 2;
    static final int ALL_FLAGS = DURABLE | DEALLOCATE;

    static final int NO_SLOT = -1;
    static final int CLIENT_INDEX_MASK = 0xFF;

    private HostRecord() {
    }
}
