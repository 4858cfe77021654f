package io.twintrack.sata;

/** Says from a completed command's header and sense data how it ended. */
final class CommandResult {
    private static final int CHECK_CONDITION = 0x02;

    /* Host status, the kernel's scsi/scsi_status.h. */
    private static final int DID_OK = 0x00;
    private static final int DID_NO_CONNECT = 0x01;
    private static final int DID_TIME_OUT = 0x03;
    private static final int DID_BAD_TARGET = 0x04;
    private static final int DID_PARITY = 0x06;
    private static final int DID_SOFT_ERROR = 0x0B;
    private static final int DID_IMM_RETRY = 0x0C;
    private static final int DID_REQUEUE = 0x0D;
    private static final int DID_TRANSPORT_FAILFAST = 0x0F;
    private static final int DID_TARGET_FAILURE = 0x10;
    private static final int DID_MEDIUM_ERROR = 0x13;

    /* Status and error registers, ACS-4, 6.2 and 6.3. */
    private static final int STATUS_ERR = 0x01;
    private static final int STATUS_DF = 0x20;
    private static final int ERROR_ABRT = 0x04;
    private static final int ERROR_IDNF = 0x10;
    private static final int ERROR_UNC = 0x40;
    private static final int ERROR_ICRC = 0x80;

    /* Sense keys, SPC-5, 4.4.8. */
    private static final int NO_SENSE = 0x0;
    private static final int RECOVERED = 0x1;
    private static final int NOT_READY = 0x2;
    private static final int MEDIUM_ERROR = 0x3;
    private static final int HARDWARE_ERROR = 0x4;
    private static final int ILLEGAL_REQUEST = 0x5;
    private static final int UNIT_ATTENTION = 0x6;
    private static final int DATA_PROTECT = 0x7;

    /* Additional sense codes, asc << 8 | ascq. */
    private static final int CRC_ERROR = 0x4703;
    private static final int INVALID_OPERATION_CODE = 0x2000;
    private static final int ADDRESS_OUT_OF_RANGE = 0x2100;
    private static final int RECORD_NOT_FOUND = 0x1401;

    private CommandResult() {
    }

    static AtaFault of(final SgHeader header, final SenseData sense) {
        final AtaFault host = ofHost(header.hostStatus());
        if (host != AtaFault.NONE) {
            return host;
        }
        if (!sense.isPresent()) {
            return header.deviceStatus() == 0 ? ofLength(header)
                : header.deviceStatus() == CHECK_CONDITION ? AtaFault.ABORTED : AtaFault.LINK_RESET;
        }
        final AtaFault fault = ofSense(sense);
        return fault == AtaFault.NONE ? ofLength(header) : ofDuration(header, fault);
    }

    private static AtaFault ofLength(final SgHeader header) {
        return header.residual() == 0 ? AtaFault.NONE : AtaFault.SHORT_TRANSFER;
    }

    /** libata reports a command that it had to end as aborted: that the time was up shows in the duration alone. */
    private static AtaFault ofDuration(final SgHeader header, final AtaFault fault) {
        final boolean ended = fault == AtaFault.ABORTED || fault == AtaFault.LINK_RESET;
        return ended && header.durationMs() >= header.timeoutMs() ? AtaFault.TIMED_OUT : fault;
    }

    private static AtaFault ofHost(final int hostStatus) {
        return switch (hostStatus) {
            case DID_OK, DID_TARGET_FAILURE, DID_MEDIUM_ERROR -> AtaFault.NONE;
            case DID_NO_CONNECT, DID_BAD_TARGET, DID_TRANSPORT_FAILFAST -> AtaFault.DEVICE_GONE;
            case DID_TIME_OUT -> AtaFault.TIMED_OUT;
            case DID_PARITY -> AtaFault.INTERFACE_CRC;
            case DID_SOFT_ERROR, DID_IMM_RETRY, DID_REQUEUE -> AtaFault.RETRY_ASKED;
            default -> AtaFault.LINK_RESET;
        };
    }

    private static AtaFault ofSense(final SenseData sense) {
        if (sense.key() == NO_SENSE || sense.key() == RECOVERED) {
            return AtaFault.NONE;
        }
        return sense.hasRegisters() && (sense.status() & (STATUS_ERR | STATUS_DF)) != 0
            ? ofRegisters(sense.status(), sense.error()) : ofKey(sense.key(), sense.code(), sense.hasRegisters());
    }

    private static AtaFault ofRegisters(final int status, final int error) {
        if ((status & STATUS_DF) != 0) {
            return AtaFault.DEVICE_FAULT;
        } else if ((error & ERROR_ICRC) != 0) {
            return AtaFault.INTERFACE_CRC;
        } else if ((error & ERROR_UNC) != 0) {
            return AtaFault.UNCORRECTABLE;
        } else if ((error & ERROR_IDNF) != 0) {
            return AtaFault.ID_NOT_FOUND;
        }
        return (error & ERROR_ABRT) != 0 ? AtaFault.ABORTED : AtaFault.LINK_RESET;
    }

    /** @param registers without an error in them: the device had nothing against this command. */
    private static AtaFault ofKey(final int key, final int code, final boolean registers) {
        return switch (key) {
            case NOT_READY -> AtaFault.LINK_RESET;
            case MEDIUM_ERROR -> code == RECORD_NOT_FOUND ? AtaFault.ID_NOT_FOUND : AtaFault.UNCORRECTABLE;
            case HARDWARE_ERROR -> AtaFault.DEVICE_FAULT;
            case ILLEGAL_REQUEST -> code == INVALID_OPERATION_CODE ? AtaFault.UNSUPPORTED
                : code == ADDRESS_OUT_OF_RANGE ? AtaFault.ID_NOT_FOUND : AtaFault.ABORTED;
            case UNIT_ATTENTION -> AtaFault.LINK_RESET;
            case DATA_PROTECT -> AtaFault.WRITE_PROTECTED;
            default -> code == CRC_ERROR ? AtaFault.INTERFACE_CRC
                : registers ? AtaFault.LINK_RESET : AtaFault.ABORTED;
        };
    }
}
