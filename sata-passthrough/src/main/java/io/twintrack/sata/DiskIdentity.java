package io.twintrack.sata;

/**
 * Which disk it is, wherever it is plugged in.
 *
 * @param wwn world wide name, 0 for none.
 */
public record DiskIdentity(String model, String serial, long wwn, String firmware) {

    /** Serial numbers are unique within a model; the firmware may have been updated meanwhile. */
    public boolean isSameDisk(final DiskIdentity other) {
        return wwn == other.wwn && serial.equals(other.serial) && model.equals(other.model);
    }

    /** A disk without a serial number cannot be told from another one. */
    public boolean isUnique() {
        return wwn != 0 || !serial.isEmpty();
    }

    @Override
    public String toString() {
        return model + ", serial " + (serial.isEmpty() ? "none" : serial)
            + (wwn == 0 ? "" : String.format(", WWN %016x", wwn));
    }
}
