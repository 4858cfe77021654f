package io.twintrack.node.config;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a node's configuration file whole: either it can be run, or every reason why not is known. */
public final class ConfigReader {
    private static final int CONFIG_SIZE_LIMIT = 1 << 20;
    /**
     * The kernel takes 107 bytes and a zero (unix(7)); a socket is bound beside its place first, under a name that is a
     * dot longer.
     */
    private static final int LONGEST_SOCKET_PATH = 105;

    private final Path file;
    private final Problems problems = new Problems();

    private ConfigReader(final Path file) {
        this.file = file;
    }

    /**
     * Reads the file and looks at the disks that it names. Relative paths in it start at its own folder.
     *
     * @throws InvalidConfigException with every problem there is.
     */
    public static NodeConfig read(final Path file) throws InvalidConfigException {
        final ConfigReader reader = new ConfigReader(file);
        return reader.conclude(reader.parse(reader.text()));
    }

    /** Checks a text as if it stood in the file. */
    static NodeConfig read(final Path file, final String text) throws InvalidConfigException {
        final ConfigReader reader = new ConfigReader(file);
        return reader.conclude(reader.parse(text));
    }

    private NodeConfig conclude(final NodeConfig config) throws InvalidConfigException {
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(file.toString(), problems.sorted());
        }
        return config;
    }

    private NodeConfig parse(final String text) {
        final Node root = root(text);
        return root == null ? null : node(root);
    }

    private NodeConfig node(final Node root) {
        try (Section section = Section.of("", root, problems)) {
            final String iqn = section.required("node", Form.iscsiName());
            final HbaReader hbaReader = new HbaReader(folder(), iqn, new Claims());
            final List<HbaConfig> hbas = new ArrayList<>();
            for (final Section hba : section.sections("hbas")) {
                hbas.add(hbaReader.read(hba));
            }
            final AlertReader alertReader = new AlertReader(folder());
            final Path metadata = folder().resolve(section.optional("metadata", Form.path(), "meta")).normalize();
            final Path control = control(section.section("control"), metadata);
            final AlertConfig alerts =
                section.has("alerts") ? alertReader.alerts(section.section("alerts")) : AlertConfig.NONE;
            return new NodeConfig(iqn, metadata, control, alerts, alertReader.fence(section), hbas);
        }
    }

    private Path control(final Section section, final Path metadata) {
        try (section) {
            final String unix = section.optional("unix", Form.path(), null);
            final Path path = unix == null ? metadata.resolve("control.sock") : folder().resolve(unix).normalize();
            if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET_PATH) {
                section.reject("unix", "must be a path of at most " + LONGEST_SOCKET_PATH + " bytes; " + path
                    + " is longer");
            }
            return path;
        }
    }

    private Node root(final String text) {
        if (text == null) {
            return null;
        }
        try {
            final LoadSettings settings = LoadSettings.builder().setCodePointLimit(CONFIG_SIZE_LIMIT).build();
            final Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                problems.add(1, file.getFileName().toString(), null, "is empty; docs/example-node.yaml shows one");
            }
            return root.orElse(null);
        } catch (final MarkedYamlEngineException e) {
            final int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            problems.add(line, "YAML", null, e.getProblem());
        } catch (final YamlEngineException e) {
            problems.add(1, "YAML", null, e.getMessage());
        } catch (final IllegalArgumentException e) {
            // What the library says of a tag with a space in it.
            problems.add(1, "YAML", null, e.getMessage());
        }
        return null;
    }

    private String text() {
        try {
            if (Files.size(file) > CONFIG_SIZE_LIMIT) {
                return unreadable("is longer than " + Units.sizeText(CONFIG_SIZE_LIMIT));
            }
            return Files.readString(file);
        } catch (final NoSuchFileException e) {
            return unreadable("does not exist");
        } catch (final AccessDeniedException e) {
            return unreadable("may not be read by this user");
        } catch (final MalformedInputException e) {
            return unreadable("is not UTF-8 text");
        } catch (final IOException e) {
            return unreadable("cannot be read: " + e.getMessage());
        }
    }

    private String unreadable(final String reason) {
        problems.add(1, "file", file.toString(), reason);
        return null;
    }

    private Path folder() {
        return file.toAbsolutePath().normalize().getParent();
    }
}
