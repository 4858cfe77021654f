package io.twintrack.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.PairOffer;
import io.twintrack.node.catalogue.Catalogue;
import io.twintrack.node.config.ConfigReader;
import io.twintrack.node.config.KeyFile;
import io.twintrack.node.config.NodeConfig;
import io.twintrack.node.control.ControlClient.RefusedException;
import io.twintrack.node.disk.DiskView;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The control endpoint of a node whose one HBA is a thread with {@link FakePairs}. Its file declares volume and pair
 * {@code vol0} of 1 MiB, towards peer {@code host-b}.
 */
public final class ControlRig implements AutoCloseable {
    public static final String PEER_IQN = "iqn.2026-11.io.twintrack:host-b";
    static final long SIZE = 1 << 20;

    public final Path folder;
    public final NodeConfig config;
    public final FakePairs pairs;
    /** What the node tells of its disks. */
    public volatile List<DiskView> disks = List.of();
    final Catalogue catalogue;
    final HbaControl hba;
    final Control control;
    private final ExecutorService hbaThread = Executors.newSingleThreadExecutor();
    private final ControlClient client;
    private volatile boolean takesTasks = true;

    /** @param folder for its files; a rig that was there before is found again. */
    public ControlRig(final Path folder, final long longestAnswerMs) throws Exception {
        this.folder = folder;
        config = ConfigReader.read(file(folder));
        Files.createDirectories(config.metadata());
        pairs = new FakePairs(config.hbas().get(0).pairs().get(0), config.hbas().get(0).volumes().get(0));
        catalogue = Catalogue.open(config.iqn(), config.metadata());
        hba = new HbaControl("hba0", this::run, () -> pairs);
        control = new Control(config, catalogue, List.of(hba), () -> Map.of("node", config.iqn()),
            () -> Map.of("active", List.of()), () -> disks, TimeUnit.MILLISECONDS.toNanos(longestAnswerMs));
        control.listen();
        client = new ControlClient(config.control());
    }

    public ControlRig(final Path folder) throws Exception {
        this(folder, 10_000);
    }

    private static Path file(final Path folder) throws IOException {
        final Path file = folder.resolve("node.yaml");
        if (!Files.exists(file)) {
            KeyFile.create(folder.resolve("key"));
            try (RandomAccessFile disk = new RandomAccessFile(folder.resolve("vol0.img").toFile(), "rw")) {
                disk.setLength(SIZE);
            }
            Files.writeString(file, """
                node: iqn.2026-11.io.twintrack:host-a
                hbas:
                  - name: hba0
                    peers:
                      - name: host-b
                        iqn: iqn.2026-11.io.twintrack:host-b
                        key-file: key
                        listen: 127.0.0.1:40001
                        address: 127.0.0.1:40002
                    volumes:
                      - { name: vol0, size: 1 MiB, extents: [ { path: vol0.img } ] }
                    pairs:
                      - { name: vol0, volume: vol0, role: origin, peer: host-b }
                """);
        }
        return file;
    }

    /** A rig whose volume lies on a disk of type sata; what the disk tells is {@link #disks}. */
    public static ControlRig onSata(final Path folder, final String disk) throws Exception {
        final Path file = file(folder);
        Files.writeString(file, Files.readString(file).replace("path: vol0.img", "path: " + disk + ", type: sata"));
        return new ControlRig(folder);
    }

    private boolean run(final LongConsumer task) {
        if (takesTasks) {
            hbaThread.execute(() -> task.accept(System.nanoTime()));
        }
        return takesTasks;
    }

    void refuseTasks() {
        takesTasks = false;
    }

    JsonNode get(final String path) throws Exception {
        return client.get(path);
    }

    JsonNode delete(final String path) throws Exception {
        return client.delete(path);
    }

    /** @param fieldsAndValues in turn. */
    JsonNode post(final String path, final Object... fieldsAndValues) throws Exception {
        return client.post(path, fields(fieldsAndValues));
    }

    RefusedException refusedPost(final String path, final Object... fieldsAndValues) {
        return whole(assertThrows(RefusedException.class, () -> client.post(path, fields(fieldsAndValues))));
    }

    RefusedException refusedDelete(final String path) {
        return whole(assertThrows(RefusedException.class, () -> client.delete(path)));
    }

    /** Whatever is refused, the rule and the way on are there. */
    private static RefusedException whole(final RefusedException refused) {
        assertTrue(refused.rule() != null && refused.allowed() != null && refused.allowed().startsWith("twintrack "),
            () -> refused.status() + ": " + refused.getMessage());
        return refused;
    }

    /** As a peer's node does, from the HBA's thread. */
    void offer(
        final String pair, final String peer, final String volume, final long size, final CommandListener heard) {
        run(nowNs -> control.offers(hba).onOffer(
            new PairOffer(pair, peer, volume, size, Mode.DISK, 4096), heard));
    }

    private static Map<String, Object> fields(final Object... fieldsAndValues) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < fieldsAndValues.length; i += 2) {
            fields.put((String) fieldsAndValues[i], fieldsAndValues[i + 1]);
        }
        return fields;
    }

    @Override
    public void close() {
        client.close();
        control.close();
        hbaThread.shutdownNow();
    }
}
