package io.twintrack.node.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Power is lost between any two durable steps of a deletion, or within one, on one side while the other has done all or
 * nothing: a node has the pair as it was, or has none of it, and the command can be given again. The steps are drawn in
 * docs/GUARANTEES.md; what each leaves behind is put together from what was there before and after a whole deletion.
 */
@Timeout(300)
class HalfDeletedPairTest {
    private static final String[] CATALOGUE = {"catalogue-a.json", "catalogue-b.json"};
    private static final String RECORD = "v.pair";

    /** How far a node came. */
    private enum Step {
        NOTHING(0, 0, true), FIRST_COPY_TORN(1, 0, true), FIRST_COPY(2, 0, true), SECOND_COPY_TORN(2, 1, true),
        CATALOGUE(2, 2, true), RECORD_REMOVED(2, 2, false);

        private final int[] copies;
        private final boolean record;

        /** @param first copy of the catalogue: 0 is as it was, 1 is torn, 2 is new. */
        Step(final int first, final int second, final boolean record) {
            copies = new int[] {first, second};
            this.record = record;
        }

        boolean hasPair() {
            return copies[0] < 2;
        }
    }

    @TempDir(factory = WorkFolder.class)
    private Path folder;

    @Test
    void itIsThereAsItWasOrNotAtAll() throws Exception {
        Tool.assumeInstalled("qemu-io");
        try (LivePair live = new LivePair(folder)) {
            makeAndDelete(live);
            for (final Step step : Step.values()) {
                // The peer is told first, and does all of it before the primary begins.
                check(live, Step.NOTHING, step);
                check(live, step, Step.RECORD_REMOVED);
            }
            assertEquals(-1, Files.mismatch(image(live, 0), image(live, 1)));
            for (int node = 0; node < 2; node++) {
                live.start(node);
            }
            live.run(0, "pair", "establish", "v", "--peer", "b");
            live.await(0, "v", "up-to-date");
            live.qemuIo(0, "v", "read -P 7 1M 1M");
        }
    }

    private void makeAndDelete(final LivePair live) throws Exception {
        for (int node = 0; node < 2; node++) {
            live.run(node, "volume", "create", "v", "8 MiB", "--path", image(live, node).toString());
        }
        live.run(0, "pair", "establish", "v", "--peer", "b");
        live.await(0, "v", "up-to-date");
        live.qemuIo(0, "v", "write -P 7 1M 1M");
        live.awaitNoClients(0, "v");
        keep(live, "before");
        live.await(0, "v", "up-to-date");
        live.run(0, "pair", "delete", "v");
        keep(live, "after");
        live.stop(0);
        live.stop(1);
    }

    /** Both metadata folders as they are after a stop. */
    private void keep(final LivePair live, final String name) throws Exception {
        live.stop(0);
        live.stop(1);
        for (int node = 0; node < 2; node++) {
            final Path kept = Files.createDirectories(folder.resolve(name + node));
            for (final String file : CATALOGUE) {
                Files.copy(meta(live, node).resolve(file), kept.resolve(file));
            }
            if (Files.exists(meta(live, node).resolve(RECORD))) {
                Files.copy(meta(live, node).resolve(RECORD), kept.resolve(RECORD));
            }
            live.start(node);
        }
    }

    private void check(final LivePair live, final Step origin, final Step target) throws Exception {
        final Step[] steps = {origin, target};
        for (int node = 0; node < 2; node++) {
            leave(live, node, steps[node]);
            live.start(node);
        }
        final String what = "origin: " + origin + ", target: " + target;
        for (int node = 0; node < 2; node++) {
            assertEquals(steps[node].hasPair() ? 1 : 0, live.get(node, "/v1/pairs").path("pairs").size(), what);
        }
        if (origin.hasPair() && target.hasPair()) {
            live.await(0, "v", "up-to-date");
            live.run(0, "pair", "delete", "v");
        } else if (origin.hasPair() || target.hasPair()) {
            live.run(origin.hasPair() ? 0 : 1, "pair", "delete", "v");
        }
        for (int node = 0; node < 2; node++) {
            assertEquals(0, live.get(node, "/v1/pairs").path("pairs").size(), what);
            live.stop(node);
        }
    }

    private void leave(final LivePair live, final int node, final Step step) throws IOException {
        for (int copy = 0; copy < CATALOGUE.length; copy++) {
            final byte[] before = Files.readAllBytes(folder.resolve("before" + node).resolve(CATALOGUE[copy]));
            final byte[] after = Files.readAllBytes(folder.resolve("after" + node).resolve(CATALOGUE[copy]));
            final byte[][] states = {before, Arrays.copyOf(after, after.length / 2), after};
            Files.write(meta(live, node).resolve(CATALOGUE[copy]), states[step.copies[copy]]);
        }
        final Path record = meta(live, node).resolve(RECORD);
        Files.deleteIfExists(record);
        if (step.record) {
            Files.copy(folder.resolve("before" + node).resolve(RECORD), record, StandardCopyOption.REPLACE_EXISTING);
        }
        assertTrue(step.record == Files.exists(record));
    }

    private static Path meta(final LivePair live, final int node) {
        return live.folder(node).resolve("meta");
    }

    private static Path image(final LivePair live, final int node) {
        return live.folder(node).resolve("v.img");
    }
}
