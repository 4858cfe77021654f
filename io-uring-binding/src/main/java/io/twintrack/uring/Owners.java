package io.twintrack.uring;

import java.util.Arrays;

/**
 * Who gets which completion. The 64 bits that travel with an operation are
 * <pre>
 *   63        48 47                         0
 *   |  owner    |          token            |
 * </pre>
 */
final class Owners {
    static final long TOKEN_MASK = (1L << 48) - 1;
    private static final int MAX_OWNERS = 1 << 16;

    private CompletionHandler[] handlers = new CompletionHandler[0];
    private boolean[] wantsRoom = new boolean[0];
    private int wanting;

    int register(final CompletionHandler handler) {
        final int owner = handlers.length;
        if (owner == MAX_OWNERS) {
            throw new IllegalStateException("more than " + MAX_OWNERS + " owners");
        }
        handlers = Arrays.copyOf(handlers, owner + 1);
        wantsRoom = Arrays.copyOf(wantsRoom, owner + 1);
        handlers[owner] = handler;
        return owner;
    }

    static long userData(final int owner, final long token) {
        if ((token & ~TOKEN_MASK) != 0) {
            throw new IllegalArgumentException("token " + token + " has more than 48 bits");
        }
        return (long) owner << 48 | token;
    }

    void complete(final long userData, final int result, final int cqeFlags) {
        handlers[(int) (userData >>> 48)].onCompletion(userData & TOKEN_MASK, result, cqeFlags);
    }

    void callWhenRoom(final int owner) {
        if (!wantsRoom[owner]) {
            wantsRoom[owner] = true;
            wanting++;
        }
    }

    boolean wantRoom() {
        return wanting != 0;
    }

    /** Each is asked once; one that finds the queue full again says so again. */
    void tellRoom() {
        if (wanting == 0) {
            return;
        }
        for (int owner = 0; owner < handlers.length; owner++) {
            if (wantsRoom[owner]) {
                wantsRoom[owner] = false;
                wanting--;
                handlers[owner].onRoom();
            }
        }
    }
}
