package io.twintrack.engine.device;

import io.twintrack.engine.Status;
import io.twintrack.engine.port.BlockDevice;
import io.twintrack.engine.port.BlockListener;

/**
 * Lets several volumes of one HBA use parts of one disk: every part has a user of its own, with a listener of its own,
 * and no two parts overlap.
 *
 * <pre>
 *   token of the disk (48 bits)  | user 8 | token of the user 40 |
 * </pre>
 *
 * <p>The disk is closed with its last user. HBA's thread only.
 */
public final class SharedDevice {
    public static final int MAX_USERS = 256;

    private static final int TOKEN_BITS = 40;
    private static final long TOKEN_MASK = (1L << TOKEN_BITS) - 1;

    private final BlockDevice disk;
    private final User[] users = new User[MAX_USERS];
    private int userCount;
    private int closed;

    public SharedDevice(final BlockDevice disk) {
        this.disk = disk;
        disk.listener(this::onBlockComplete);
    }

    /**
     * A part of the disk that nobody else gets. Its device takes tokens of 0 to 2^40 - 1.
     *
     * @throws IllegalArgumentException when it does not lie within the disk or overlaps a part given out before.
     * @throws IllegalStateException    when the disk has {@link #MAX_USERS} users already.
     */
    public Extent extent(final long offset, final long length) {
        if (userCount == MAX_USERS) {
            throw new IllegalStateException(disk.describe() + " has " + MAX_USERS + " users already");
        }
        final Extent part = new Extent(disk, offset, length);
        for (int i = 0; i < userCount; i++) {
            if (part.overlaps(users[i].part)) {
                throw new IllegalArgumentException(part + " overlaps " + users[i].part);
            }
        }
        final User user = new User(userCount, part);
        users[userCount++] = user;
        return new Extent(user, offset, length);
    }

    /**
     * A part in another length, which its user may use from now on; the disk may have become longer before.
     *
     * @param part that was given out here.
     * @throws IllegalArgumentException when it does not lie within the disk then, or overlaps another part.
     */
    public Extent resized(final Extent part, final long length) {
        final Extent next = new Extent(disk, part.offset(), length);
        for (int i = 0; i < userCount; i++) {
            if (users[i] != part.device() && next.overlaps(users[i].part)) {
                throw new IllegalArgumentException(next + " overlaps " + users[i].part);
            }
        }
        ((User) part.device()).part = next;
        return new Extent(part.device(), part.offset(), length);
    }

    /**
     * The whole disk, for one of several users who agree among themselves who uses it when: the two roles of a pair.
     * Its device takes tokens of 0 to 2^40 - 1.
     */
    public BlockDevice user() {
        if (userCount == MAX_USERS) {
            throw new IllegalStateException(disk.describe() + " has " + MAX_USERS + " users already");
        }
        final User user = new User(userCount, new Extent(disk, 0, disk.size()));
        users[userCount++] = user;
        return user;
    }

    private void onBlockComplete(final long token, final Status status) {
        users[(int) (token >>> TOKEN_BITS)].listener.onBlockComplete(token & TOKEN_MASK, status);
    }

    private final class User implements BlockDevice {
        private final long prefix;
        private Extent part;
        private BlockListener listener;
        private boolean gone;

        User(final int index, final Extent part) {
            this.part = part;
            prefix = (long) index << TOKEN_BITS;
        }

        @Override
        public void listener(final BlockListener listener) {
            this.listener = listener;
        }

        @Override
        public long size() {
            return disk.size();
        }

        @Override
        public int sectorSize() {
            return disk.sectorSize();
        }

        @Override
        public int memoryAlignment() {
            return disk.memoryAlignment();
        }

        @Override
        public boolean read(final long token, final long address, final int length, final long offset) {
            return disk.read(prefixed(token), address, length, offset);
        }

        @Override
        public boolean write(
            final long token, final long address, final int length, final long offset, final boolean durable) {
            return disk.write(prefixed(token), address, length, offset, durable);
        }

        @Override
        public boolean flush(final long token) {
            return disk.flush(prefixed(token));
        }

        @Override
        public boolean zero(final long token, final long offset, final long length, final boolean deallocate) {
            return disk.zero(prefixed(token), offset, length, deallocate);
        }

        @Override
        public String describe() {
            return disk.describe();
        }

        @Override
        public void close() {
            if (!gone) {
                gone = true;
                closed++;
                if (closed == userCount) {
                    disk.close();
                }
            }
        }

        private long prefixed(final long token) {
            if ((token & ~TOKEN_MASK) != 0) {
                throw new IllegalArgumentException("token " + token + " is longer than " + TOKEN_BITS + " bits");
            }
            return prefix | token;
        }
    }
}
