package io.twintrack.node.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Jobs for fio over NBD. */
final class Fio {
    private Fio() {
    }

    /**
     * Writes all of the volume once in random order and pieces, reading beside it; then reads everything and checks.
     */
    static List<String> verify(final String uri, final long seed, final String... more) {
        final List<String> command = new ArrayList<>(List.of("fio", "--name=verify", "--ioengine=nbd", "--uri=" + uri,
            "--rw=randrw", "--rwmixread=20", "--bssplit=512/5:4k/35:12k/10:64k/30:256k/15:1M/5", "--iodepth=16",
            "--verify=crc32c", "--verify_fatal=1", "--verify_dump=0", "--randseed=" + seed, "--group_reporting"));
        command.addAll(List.of(more));
        return command;
    }

    /** The same, to its end. */
    static void runVerify(final Path folder, final double seconds, final String uri, final long seed,
        final String... more) {
        Tool.run(folder, seconds, verify(uri, seed, more));
    }
}
