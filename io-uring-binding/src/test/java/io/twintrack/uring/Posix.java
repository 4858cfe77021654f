package io.twintrack.uring;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** System calls that only the tests need. */
final class Posix {
    static {
        Native.register(Posix.class, NativeLibrary.getProcess());
    }

    private Posix() {
    }

    static native long prctl(long option, long a, long b, long c, long d);

    static native long dup2(long from, long to);
}
