package io.twintrack.node.demo;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.IoErrors;
import io.twintrack.node.ZeroedFile;
import io.twintrack.node.config.ConfigReader;
import io.twintrack.node.config.Endpoint;
import io.twintrack.node.config.InvalidConfigException;
import io.twintrack.node.config.KeyFile;
import io.twintrack.node.config.NodeConfig;
import io.twintrack.node.config.PeerConfig;
import io.twintrack.node.config.Units;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The demo's folder. What is there is kept; what is absent is made.
 *
 * <pre>
 *   DIR/key
 *   DIR/origin/vol0.img   DIR/origin/node.yaml
 *   DIR/target/vol0.img   DIR/target/node.yaml
 * </pre>
 */
public final class DemoFolder {
    static final String VOLUME = "vol0";
    static final long DEFAULT_SIZE = 256 << 20;
    private static final Endpoint ANY_NBD_PORT = new Endpoint("127.0.0.1", 0);

    private final Path folder;

    private DemoFolder(final Path folder) {
        this.folder = folder;
    }

    /**
     * Makes what is absent.
     *
     * @param size of the volumes in bytes, or {@code null} for that of the images there, else the default.
     * @param nbd  for new configurations, or {@code null} for any port.
     */
    public static DemoFolder prepare(
        final Path folder, final Long size, final Endpoint nbd) throws CommandFailedException {
        final DemoFolder demo = new DemoFolder(folder.toAbsolutePath().normalize());
        try {
            for (final Side side : Side.values()) {
                Files.createDirectories(demo.folder.resolve(side.word()));
            }
            final long volumeSize = demo.volumeSize(size);
            demo.makeImages(volumeSize);
            demo.makeConfigs(volumeSize, nbd == null ? ANY_NBD_PORT : nbd);
            return demo;
        } catch (final IOException e) {
            throw new CommandFailedException(
                "the demo's files in " + demo.folder + " cannot be made: " + IoErrors.sentence(e));
        }
    }

    Path path() {
        return folder;
    }

    Path image(final Side side) {
        return folder.resolve(side.word()).resolve(VOLUME + ".img");
    }

    public Path configFile(final Side side) {
        return folder.resolve(side.word()).resolve("node.yaml");
    }

    public NodeConfig config(final Side side) throws CommandFailedException {
        try {
            return ConfigReader.read(configFile(side));
        } catch (final InvalidConfigException e) {
            throw new CommandFailedException(e.getMessage());
        }
    }

    private long volumeSize(final Long wanted) throws IOException, CommandFailedException {
        Long size = wanted;
        for (final Side side : Side.values()) {
            final Path image = image(side);
            if (Files.exists(image)) {
                final long found = Files.size(image);
                if (size != null && found != size) {
                    throw new CommandFailedException(image + " has " + Units.sizeText(found) + " where "
                        + Units.sizeText(size) + " are asked for; give its size, or another folder");
                }
                size = found;
            }
        }
        return size == null ? DEFAULT_SIZE : size;
    }

    private void makeImages(final long size) throws IOException, CommandFailedException {
        long needed = 0;
        for (final Side side : Side.values()) {
            needed += Files.exists(image(side)) ? 0 : size;
        }
        final long room = Files.getFileStore(folder).getUsableSpace();
        if (needed > room) {
            throw new CommandFailedException("there is no room in " + folder + ": it has " + (room >> 20)
                + " MiB, the images take " + (needed >> 20) + " MiB; give a smaller --size or another --dir");
        }
        for (final Side side : Side.values()) {
            if (!Files.exists(image(side))) {
                makeImage(side, size);
            }
        }
    }

    private void makeImage(final Side side, final long size) throws IOException {
        try (Progress progress = Progress.of("writing " + side.word() + "/" + VOLUME + ".img", size)) {
            ZeroedFile.create(image(side), size, written -> progress.show(written, ""));
        }
    }

    private void makeConfigs(final long size, final Endpoint nbd) throws IOException, CommandFailedException {
        if (!Files.exists(folder.resolve("key"))) {
            KeyFile.create(folder.resolve("key"));
        }
        final DemoPorts ports = ports(nbd);
        for (final Side side : Side.values()) {
            if (!Files.exists(configFile(side))) {
                Files.writeString(configFile(side), DemoConfig.text(side, size, ports));
            }
        }
    }

    /** A configuration that is there already decides where its peer listens. */
    private DemoPorts ports(final Endpoint nbd) throws IOException, CommandFailedException {
        if (Files.exists(configFile(Side.ORIGIN))) {
            final PeerConfig target = peer(Side.ORIGIN);
            return new DemoPorts(nbd, DemoPorts.free(nbd).targetNbd(), target.listen(), target.address());
        }
        final DemoPorts free = DemoPorts.free(nbd);
        if (Files.exists(configFile(Side.TARGET))) {
            final PeerConfig origin = peer(Side.TARGET);
            return new DemoPorts(free.nbd(), free.targetNbd(), origin.address(), origin.listen());
        }
        return free;
    }

    private PeerConfig peer(final Side side) throws CommandFailedException {
        return config(side).hbas().get(0).peers().get(0);
    }
}
