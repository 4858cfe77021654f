package io.twintrack.node.control;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The nodes of this user that run on this host, so that commands find the one that is meant: a folder of the user's own
 * with a file for each node, which holds its name and the path of its control socket, a line each.
 */
public final class RunningNodes {
    private static final Logger LOG = LoggerFactory.getLogger(RunningNodes.class);
    private static final String OWNER_ONLY = "rwx------";

    private RunningNodes() {
    }

    /** One that answers. */
    public record Entry(String iqn, Path control) {
    }

    /** A node that cannot enter itself runs all the same; its commands need to be told where it is. */
    static void enter(final String iqn, final Path control) {
        try {
            final Path folder = folder();
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
            }
            Files.writeString(folder.resolve(fileName(control)), iqn + '\n' + control.toAbsolutePath() + '\n');
        } catch (final IOException e) {
            LOG.debug("Commands will have to be told where this node is: {}", e.toString());
        }
    }

    static void leave(final Path control) {
        try {
            Files.deleteIfExists(folder().resolve(fileName(control)));
        } catch (final IOException e) {
            LOG.debug("This node stays in the list of those that run: {}", e.toString());
        }
    }

    /** Those that answer. The entries of nodes that were killed are removed. */
    public static List<Entry> list() {
        final List<Entry> running = new ArrayList<>();
        if (!isOwn(folder())) {
            return running;
        }
        try (Stream<Path> files = Files.list(folder())) {
            for (final Path file : files.sorted().toList()) {
                final Entry entry = entry(file);
                if (entry != null && answers(entry.control)) {
                    running.add(entry);
                } else {
                    Files.deleteIfExists(file);
                }
            }
        } catch (final IOException e) {
            LOG.debug("No list of running nodes: {}", e.toString());
        }
        return running;
    }

    /** Another user's would lead commands to his sockets. */
    private static boolean isOwn(final Path folder) {
        try {
            return Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).getName().equals(System.getProperty("user.name"));
        } catch (final IOException e) {
            return false;
        }
    }

    private static Entry entry(final Path file) throws IOException {
        final List<String> lines = Files.readAllLines(file);
        return lines.size() == 2 ? new Entry(lines.get(0), Path.of(lines.get(1))) : null;
    }

    private static boolean answers(final Path control) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(control));
        } catch (final IOException e) {
            return false;
        }
    }

    /** The run folder of the user (XDG base directory specification), or one in the temporary folder by his name. */
    private static Path folder() {
        final String chosen = System.getProperty("twintrack.run");
        final String user = System.getenv("XDG_RUNTIME_DIR");
        return chosen != null ? Path.of(chosen)
            : user != null ? Path.of(user, "twintrack")
            : Path.of(System.getProperty("java.io.tmpdir"), "twintrack-" + System.getProperty("user.name"));
    }

    /** The same for the same socket. */
    private static String fileName(final Path control) {
        return UUID.nameUUIDFromBytes(control.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8)).toString();
    }
}
