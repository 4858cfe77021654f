package io.twintrack.sata;

import static io.twintrack.sata.AtaCommand.Direction.IN;
import static io.twintrack.sata.AtaCommand.Direction.NONE;
import static io.twintrack.sata.AtaCommand.Direction.OUT;
import static io.twintrack.sata.AtaCommand.Protocol.DMA;
import static io.twintrack.sata.AtaCommand.Protocol.FPDMA;
import static io.twintrack.sata.AtaCommand.Protocol.NON_DATA;
import static io.twintrack.sata.AtaCommand.Protocol.PIO_IN;

/** The ATA commands that are sent (ACS-4, 7), with what ATA PASS-THROUGH has to know of each. */
enum AtaCommand {
    IDENTIFY_DEVICE(0xEC, PIO_IN, IN, false),
    READ_DMA(0xC8, DMA, IN, false),
    READ_DMA_EXT(0x25, DMA, IN, true),
    READ_FPDMA_QUEUED(0x60, FPDMA, IN, true),
    WRITE_DMA(0xCA, DMA, OUT, false),
    WRITE_DMA_EXT(0x35, DMA, OUT, true),
    WRITE_DMA_FUA_EXT(0x3D, DMA, OUT, true),
    WRITE_FPDMA_QUEUED(0x61, FPDMA, OUT, true),
    FLUSH_CACHE(0xE7, NON_DATA, NONE, false),
    FLUSH_CACHE_EXT(0xEA, NON_DATA, NONE, true),
    DATA_SET_MANAGEMENT(0x06, DMA, OUT, true),
    CHECK_POWER_MODE(0xE5, NON_DATA, NONE, false),
    SET_FEATURES(0xEF, NON_DATA, NONE, false),
    SMART_READ(0xB0, PIO_IN, IN, false),
    SMART_RETURN_STATUS(0xB0, NON_DATA, NONE, false);

    /** SAT-4, table 156; and where the length of the transfer stands in the registers: 1 features, 2 count. */
    enum Protocol {
        NON_DATA(3, 0), PIO_IN(4, 2), DMA(6, 2), FPDMA(12, 1);

        private final int code;
        private final int lengthField;

        Protocol(final int code, final int lengthField) {
            this.code = code;
            this.lengthField = lengthField;
        }

        int code() {
            return code;
        }

        int lengthField() {
            return lengthField;
        }
    }

    /** As seen from the host. */
    enum Direction {
        NONE, IN, OUT
    }

    private final int code;
    private final Protocol protocol;
    private final Direction direction;
    private final boolean extended;

    AtaCommand(final int code, final Protocol protocol, final Direction direction, final boolean extended) {
        this.code = code;
        this.protocol = protocol;
        this.direction = direction;
        this.extended = extended;
    }

    int code() {
        return code;
    }

    Protocol protocol() {
        return protocol;
    }

    Direction direction() {
        return direction;
    }

    /** Has 48 bits of LBA. */
    boolean isExtended() {
        return extended;
    }

    boolean isQueued() {
        return protocol == FPDMA;
    }

    /** What it returns are registers: they are asked for although it succeeds. */
    boolean returnsRegisters() {
        return this == SMART_RETURN_STATUS || this == CHECK_POWER_MODE;
    }
}
