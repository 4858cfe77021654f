package io.twintrack.sata;

/** What both versions of the header say of a command and of how it ended. */
interface SgHeader {

    /**
     * Writes the whole header of a command that was not sent yet.
     *
     * @param command   address of its {@link PassThrough16}.
     * @param sense     address of room for sense data.
     * @param senseRoom in bytes, at most 255.
     * @param address   of the data; without meaning where the direction is none.
     * @param length    in bytes.
     * @param timeoutMs in milliseconds, from 1.
     * @param user      comes back as it is.
     */
    void put(AtaCommand.Direction direction, long command, long sense, int senseRoom, long address, int length,
        int timeoutMs, long user);

    int timeoutMs();

    /** SCSI status; 02h is CHECK CONDITION. */
    int deviceStatus();

    /** In bytes; 0 when there is no sense data. */
    int senseLength();

    /** DID_* of the kernel's scsi/scsi_status.h. */
    int hostStatus();

    int driverStatus();

    /** Bytes that were not transferred. */
    int residual();

    /** Milliseconds that it took. bsg leaves it 0. */
    int durationMs();
}
