package io.twintrack.node.catalogue;

import io.twintrack.node.CommandFailedException;
import io.twintrack.node.IoErrors;
import io.twintrack.node.catalogue.CatalogueCopy.Content;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The volumes and pairs that were made by command, kept in the node's metadata folder in two copies. A change writes
 * the one, then the other, each durably, and counts when both are there. A crash leaves each copy whole, with the
 * change or as it was before; both are true as long as nobody heard of the change. So what is damaged was damaged
 * otherwise, and a second copy stands in for it.
 *
 * <p>Threading: one thread changes it; any thread may read {@link #tables()}.
 */
public final class Catalogue {
    private static final Logger LOG = LoggerFactory.getLogger(Catalogue.class);

    private final String iqn;
    private final CatalogueCopy[] copies;
    private long sequence;
    private volatile Tables tables = Tables.EMPTY;

    private Catalogue(final String iqn, final Path folder, final FolderSteps steps) {
        this.iqn = iqn;
        this.copies = new CatalogueCopy[] {
            new CatalogueCopy(folder.resolve("catalogue-a.json"), steps),
            new CatalogueCopy(folder.resolve("catalogue-b.json"), steps)};
    }

    /**
     * Reads it; a copy that a crash left old, or that is damaged, is written again.
     *
     * @param folder that exists, and that no other node uses.
     * @throws CommandFailedException when there was a catalogue and no copy of it can be trusted.
     */
    public static Catalogue open(final String iqn, final Path folder) throws CommandFailedException {
        return open(iqn, folder, FolderSteps.REAL);
    }

    static Catalogue open(final String iqn, final Path folder, final FolderSteps steps) throws CommandFailedException {
        final Catalogue catalogue = new Catalogue(iqn, folder, steps);
        try {
            catalogue.load();
            return catalogue;
        } catch (final IOException e) {
            throw new CommandFailedException("the catalogue in " + folder + " cannot be read: " + IoErrors.sentence(e));
        }
    }

    public Tables tables() {
        return tables;
    }

    /**
     * Durable when it returns.
     *
     * @throws IOException when it is not: the tables are as before, but the next start may find the change.
     */
    public void change(final Tables next) throws IOException {
        // Used up even when it fails: one copy may have it.
        sequence++;
        final Content content = new Content(iqn, sequence, next.volumes(), next.pairs());
        for (final CatalogueCopy copy : copies) {
            copy.write(content);
        }
        tables = next;
    }

    private void load() throws IOException, CommandFailedException {
        final Content[] found = new Content[copies.length];
        final String[] damage = new String[copies.length];
        for (int i = 0; i < copies.length; i++) {
            try {
                found[i] = copies[i].read();
                damage[i] = found[i] == null ? "it does not exist" : null;
            } catch (final DamagedException e) {
                damage[i] = e.getMessage();
            }
        }
        if (found[0] == null && found[1] == null) {
            requireNew(damage);
            return;
        }
        final int newest = newest(found);
        take(found[newest]);
        mend(found, damage, newest);
    }

    /** No copy can be read: right when there never was one. */
    private void requireNew(final String[] damage) throws CommandFailedException {
        final boolean isNew = damage[0].equals(damage[1]) && damage[0].equals("it does not exist");
        if (!isNew) {
            throw new CommandFailedException("neither copy of the catalogue can be trusted: " + copies[0].file() + ": "
                + damage[0] + "; " + copies[1].file() + ": " + damage[1] + ". Put back one of them from a backup; or "
                + "move both away, start the node, and make its volumes and pairs again by command (their data stay)");
        }
    }

    private static int newest(final Content[] found) {
        if (found[0] == null || found[1] == null) {
            return found[0] == null ? 1 : 0;
        }
        return found[1].sequence() > found[0].sequence() ? 1 : 0;
    }

    private void take(final Content content) throws CommandFailedException {
        if (!content.node().equals(iqn)) {
            throw new CommandFailedException("the catalogue in " + copies[0].file().getParent() + " belongs to "
                + content.node() + ", not to " + iqn + "; give each node a metadata folder of its own");
        }
        sequence = content.sequence();
        tables = content.tables();
    }

    private void mend(final Content[] found, final String[] damage, final int newest) throws IOException {
        final int other = 1 - newest;
        if (found[other] == null || found[other].sequence() != sequence) {
            LOG.warn("{}: {}; the other copy (change {}) is used, and written there", copies[other].file(),
                found[other] == null ? damage[other] : "it is older, of change " + found[other].sequence(), sequence);
            copies[other].write(found[newest]);
        }
    }
}
