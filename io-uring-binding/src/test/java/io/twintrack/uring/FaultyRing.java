package io.twintrack.uring;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Random;

/**
 * A ring that cuts transfers short, answers with EAGAIN and EINTR, finds its queue full, and fails what it is told to
 * fail; from a seed. It counts what it did.
 */
final class FaultyRing {
    int cuts;
    int retries;
    int fulls;
    int failures;
    /** Of all writes together. */
    int rwFlags;
    /** Operations of this name complete with this error, when it is not 0. */
    String failing = "";
    int errno;

    private final Ring ring;
    private final Random random;
    private final int cutTo;

    private FaultyRing(final Ring ring, final long seed, final int cutTo) {
        this.ring = ring;
        this.random = new Random(seed);
        this.cutTo = cutTo;
    }

    /** @param cutTo short transfers have at most this many bytes; 0 for none of these faults. */
    static FaultyRing over(final Ring ring, final long seed, final int cutTo) {
        return new FaultyRing(ring, seed, cutTo);
    }

    Ring proxy() {
        return (Ring) Proxy.newProxyInstance(Ring.class.getClassLoader(), new Class<?>[] {Ring.class},
            (proxy, method, arguments) -> invoke(method, arguments));
    }

    private Object invoke(final Method method, final Object[] arguments) throws Throwable {
        if (method.getName().equals("register")) {
            return ring.register(faulty((CompletionHandler) arguments[0]));
        }
        final boolean transfer = arguments != null && arguments.length == 7 &&
            (method.getName().equals("read") || method.getName().equals("write"));
        if (transfer && cutTo > 0) {
            if (random.nextInt(8) == 0) {
                fulls++;
                return false;
            }
            if ((int) arguments[4] > cutTo && random.nextInt(2) == 0) {
                cuts++;
                arguments[4] = 1 + random.nextInt(cutTo / 512) << 9;
            }
        }
        if (method.getName().equals("write")) {
            rwFlags |= (int) arguments[6];
        }
        if (errno != 0 && method.getName().equals(failing)) {
            failures++;
            return ring.timeout((int) arguments[0], (long) arguments[1], 1000);
        }
        try {
            return method.invoke(ring, arguments);
        } catch (final InvocationTargetException ex) {
            throw ex.getCause();
        }
    }

    private CompletionHandler faulty(final CompletionHandler handler) {
        return new CompletionHandler() {
            @Override
            public void onCompletion(final long token, final int result, final int cqeFlags) {
                if (result == -Errno.ETIME && errno != 0) {
                    handler.onCompletion(token, -errno, cqeFlags);
                } else if (cutTo > 0 && result > 0 && random.nextInt(6) == 0) {
                    /* Done already; doing it again has the same effect. */
                    retries++;
                    handler.onCompletion(token, random.nextBoolean() ? -Errno.EAGAIN : -Errno.EINTR, cqeFlags);
                } else {
                    handler.onCompletion(token, result, cqeFlags);
                }
            }

            @Override
            public void onRoom() {
                handler.onRoom();
            }
        };
    }
}
