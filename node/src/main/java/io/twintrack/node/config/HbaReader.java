package io.twintrack.node.config;

import io.twintrack.engine.pair.Mode;
import io.twintrack.node.config.PairConfig.Role;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reads the section of one HBA. */
final class HbaReader {
    private static final int DEFAULT_SLOTS = 512;
    private static final long DEFAULT_SLOT_LENGTH = 256 << 10;
    private static final long MEMORY_LIMIT = 64L << 30;
    private static final int DEFAULT_ACTIVE_REGIONS = 1024;
    private static final long MICROSECOND = 1_000;
    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long DAY = 24 * 60 * 60 * SECOND;
    private static final int MOST_ERRORS = 1_000_000;

    private final Path folder;
    private final PeerReader peerReader;
    private final VolumeReader volumeReader;
    private final Claims claims;

    HbaReader(final Path folder, final String iqn, final Claims claims) {
        this.folder = folder;
        this.claims = claims;
        this.peerReader = new PeerReader(folder, iqn, claims);
        this.volumeReader = new VolumeReader(folder, claims);
    }

    HbaConfig read(final Section hba) {
        try (hba) {
            final String name = hba.required("name", Form.name());
            claims.claim("HBA name", name, hba, "name");
            final MemoryConfig memory = memory(hba.section("memory"));
            final int ringDepth = ringDepth(hba.section("ring"));
            final IdleConfig idle = idle(hba.section("idle"));
            final int activeRegions =
                hba.optional("active-regions", Form.integer(64, 1 << 20), DEFAULT_ACTIVE_REGIONS);
            final DiskHealthConfig diskHealth = diskHealth(hba.section("disk-health"));
            final List<PeerConfig> peers = hba.sections("peers").stream().map(peerReader::read).toList();
            final List<VolumeConfig> volumes =
                hba.optionalSections("volumes").stream().map(volumeReader::read).toList();
            final List<PairConfig> pairs = pairs(hba, peers, volumes);
            final NbdConfig nbd = nbd(hba, pairs, memory);
            return new HbaConfig(
                name, memory, ringDepth, idle, activeRegions, diskHealth, peers, volumes, pairs, nbd);
        }
    }

    private MemoryConfig memory(final Section section) {
        try (section) {
            final int slots = section.optional("slots", Form.integer(8, 1 << 20), DEFAULT_SLOTS);
            final long slotLength =
                section.optional("slot-length", Form.powerOfTwoSize(4 << 10, 1 << 20), DEFAULT_SLOT_LENGTH);
            final String directory = section.optional("directory", Form.path(), "/dev/shm");
            if (slots * slotLength > MEMORY_LIMIT) {
                section.reject("slots", "times slot-length must be at most " + Units.sizeText(MEMORY_LIMIT));
            }
            if (!Files.isDirectory(folder.resolve(directory))) {
                section.reject("directory", "must be a folder that exists, in a RAM file system");
            }
            return new MemoryConfig(slots, (int) slotLength, folder.resolve(directory).toString());
        }
    }

    private int ringDepth(final Section section) {
        try (section) {
            return section.optional("depth", Form.powerOfTwo(8, 4096), 1024);
        }
    }

    private IdleConfig idle(final Section section) {
        try (section) {
            return new IdleConfig(
                section.optional("spin", Form.duration(0, SECOND), 50 * MICROSECOND),
                section.optional("yield", Form.duration(0, SECOND), 100 * MICROSECOND),
                section.optional("park", Form.duration(0, 50 * MILLISECOND), 10 * MILLISECOND));
        }
    }

    private static DiskHealthConfig diskHealth(final Section section) {
        try (section) {
            return new DiskHealthConfig(
                section.optional("interval", Form.duration(10 * SECOND, DAY), 600 * SECOND),
                section.optional("temperature", Form.integer(0, 150), 60),
                section.optional("reallocated-sectors", Form.integer(0, MOST_ERRORS), 1),
                section.optional("pending-sectors", Form.integer(0, MOST_ERRORS), 1),
                section.optional("crc-errors", Form.integer(0, MOST_ERRORS), 100));
        }
    }

    private List<PairConfig> pairs(
        final Section hba, final List<PeerConfig> peers, final List<VolumeConfig> volumes) {
        final List<String> peerNames = peers.stream().map(PeerConfig::name).toList();
        final List<String> volumeNames = volumes.stream().map(VolumeConfig::name).toList();
        final List<PairConfig> pairs = new ArrayList<>();
        for (final Section section : hba.optionalSections("pairs")) {
            pairs.add(pair(section, peerNames, volumeNames));
        }
        return pairs;
    }

    private PairConfig pair(final Section section, final List<String> peers, final List<String> volumes) {
        try (section) {
            final String name = section.required("name", Form.name());
            final String volume = section.required("volume", Form.name());
            final Role role = section.required("role", Form.oneOf(Role.class));
            final String peer = section.required("peer", Form.name());
            claims.claim("pair name", name, section, "name");
            if (refers(section, "volume", volume, volumes)) {
                claims.claim("volume", volume, section, "volume");
            }
            refers(section, "peer", peer, peers);
            final Mode mode = section.optional("mode", Form.oneOf(Mode.class), Mode.DISK);
            final long track = section.optional(
                "track", Form.powerOfTwoSize(PairConfig.DEFAULT_TRACK, 1 << 20), (long) PairConfig.DEFAULT_TRACK);
            return new PairConfig(
                name, volume, role, peer, mode, (int) track, "", resync(section.section("resync")));
        }
    }

    private ResyncConfig resync(final Section section) {
        try (section) {
            final long floor = section.optional("floor", Form.size(0, ResyncConfig.FASTEST, 1), 0L);
            final long ceiling =
                section.optional("ceiling", Form.size(ResyncConfig.SLOWEST, ResyncConfig.FASTEST, 1), Long.MAX_VALUE);
            if (floor > ceiling) {
                section.reject("floor", "must be at most the ceiling");
                return ResyncConfig.UNLIMITED;
            }
            return new ResyncConfig(floor, ceiling);
        }
    }

    private NbdConfig nbd(final Section hba, final List<PairConfig> pairs, final MemoryConfig memory) {
        // A name that is missing or malformed was reported where it stands.
        final List<String> all = pairs.stream().map(PairConfig::name).filter(Objects::nonNull).toList();
        if (!hba.has("nbd") && pairs.stream().noneMatch(pair -> pair.role() == Role.ORIGIN)) {
            return null;
        }
        try (Section section = hba.section("nbd")) {
            final boolean onlyUnix = section.has("unix") && !section.has("listen");
            final Endpoint listen =
                section.optional("listen", Form.endpoint(0), onlyUnix ? null : NbdConfig.DEFAULT_LISTEN);
            final String unix = section.optional("unix", Form.path(), null);
            final int maxConnections =
                section.optional("max-connections", Form.integer(1, 1024), NbdConfig.DEFAULT_CONNECTIONS);
            if (maxConnections > memory.mostConnections()) {
                section.reject("max-connections", "must be at most " + memory.mostConnections()
                    + " with this HBA's memory, of which each connection has a share of its own");
            }
            claimSocket(section, listen, unix);
            return new NbdConfig(listen, unix == null ? null : folder.resolve(unix), maxConnections,
                section.has("exports") ? exports(section, pairs) : all);
        }
    }

    private void claimSocket(final Section section, final Endpoint listen, final String unix) {
        if (listen != null && listen.port() != 0) {
            claims.claim("TCP address", listen, section, "listen");
        }
        claims.claim("socket path", unix, section, "unix");
    }

    private List<String> exports(final Section section, final List<PairConfig> pairs) {
        final List<String> exports = section.list("exports", Form.name());
        for (final String export : exports) {
            if (pairs.stream().noneMatch(pair -> export.equals(pair.name()))) {
                section.reject("exports", "must be pairs of this HBA; \"" + export + "\" is not");
            }
        }
        return exports;
    }

    /** @return true when the name is one of the names; reports it when it is not. */
    private static boolean refers(
        final Section section, final String key, final String name, final List<String> names) {
        // A name that is missing or malformed somewhere was reported there; blaming its users would only confuse.
        if (name != null && !names.contains(name) && !names.contains(null)) {
            section.reject(key, "must be one of this HBA's " + key + "s: " + String.join(", ", names));
        }
        return name != null && names.contains(name);
    }
}
