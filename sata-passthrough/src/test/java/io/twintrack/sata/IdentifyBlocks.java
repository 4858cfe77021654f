package io.twintrack.sata;

import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/** What IDENTIFY DEVICE returned, as 256 words. */
final class IdentifyBlocks {
    /**
     * The whole block of a Hitachi HDE721010SLA330, 1 TB, as its ATA information page (VPD 89h) was recorded in the
     * tests of Infinidat's infi.asi, github.com/Infinidat/infi.asi (AtaInformation.test__ata_information). Rows of eight
     * words that are all 0000 are left out.
     */
    private static final String HITACHI = """
        00 045a 3fff c837 0010 0000 0000 003f 0000
        08 0000 0000 2020 2020 2020 5354 5236 3037
        10 4d53 3241 504e 4c53 0003 f152 0038 5354
        18 364f 4133 4141 4869 7461 6368 6920 4844
        20 4537 3231 3031 3053 4c41 3333 3020 2020
        28 2020 2020 2020 2020 2020 2020 2020 8010
        30 4000 2f00 4000 0200 0200 0007 3fff 0010
        38 003f fc10 00fb 0110 ffff 0fff 0000 0007
        40 0003 0078 0078 0078 0078 0000 0000 0000
        48 0000 0000 0000 001f 1706 0000 005e 0040
        50 01fc 0029 346b 7fe9 4773 3469 be01 4763
        58 407f 00a2 0000 0000 fffe 0000 80fe 0008
        60 00ca 00f9 2710 0000 6db0 7470 0000 0000
        68 00ca 0000 0000 5a87 5000 cca3 5ee1 0c0b
        70 0000 0000 0000 0000 0000 0000 0000 4014
        78 4014 0000 0000 0000 0000 0000 0000 0000
        80 0009 000b 0000 0000 2980 0db1 fe20 0001
        88 4000 0404 8531 0000 0000 0605 0503 0603
        90 0504 0603 0305 5cff ac8a 44c8 8000 0000
        98 3658 4333 0000 e806 0000 0000 0000 0000
        c8 0000 0000 0000 0000 0000 0000 003d 0000
        d8 0000 1c20 0000 0000 0000 0000 101f 0021
        e8 0000 0000 0001 03e0 0000 0000 0000 0000
        f8 0000 0000 0000 0000 0000 0000 0000 42a5
        """;

    private IdentifyBlocks() {
    }

    static UnsafeBuffer hitachi() {
        final UnsafeBuffer block = new UnsafeBuffer(new byte[IdentifyData.LENGTH]);
        HITACHI.lines().map(line -> line.strip().split(" ")).forEach(row -> {
            final int first = Integer.parseInt(row[0], 16);
            for (int i = 1; i < row.length; i++) {
                word(block, first + i - 1, Integer.parseInt(row[i], 16));
            }
        });
        return block;
    }

    static void word(final UnsafeBuffer block, final int index, final int value) {
        block.putShort(2 * index, (short) value, ByteOrder.LITTLE_ENDIAN);
    }
}
