package io.twintrack.engine.pair;

import io.twintrack.engine.metadata.ChangedTracks;
import io.twintrack.engine.metadata.SideStore;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A stretch of one side's marks on the wire: 64-bit words, little-endian. Bit i of word w stands for track 64 w + i,
 * counted from the first track of the stretch; it is set when the track changed or lies in an active region.
 */
final class MarkWords {
    private MarkWords() {
    }

    /** @return bytes written: {@code length}, a multiple of 8. */
    static int write(
        final SideStore store, final long fromOffset, final MutableDirectBuffer to, final int at, final int length) {
        to.setMemory(at, length, (byte) 0);
        final ChangedTracks tracks = store.tracks();
        final int trackSize = tracks.trackSize();
        final long end = Math.min(tracks.volumeSize(), fromOffset + (long) length * Byte.SIZE * trackSize);
        for (long offset = tracks.nextMarked(fromOffset); offset >= 0 && offset < end;
             offset = next(tracks, offset + trackSize)) {
            set(to, at, (offset - fromOffset) / trackSize);
        }
        store.intent().forEachActive((start, bytes) -> {
            final long last = Math.min(end, start + bytes);
            for (long offset = Math.max(fromOffset, start); offset < last; offset += trackSize) {
                set(to, at, (offset - fromOffset) / trackSize);
            }
        });
        return length;
    }

    private static long next(final ChangedTracks tracks, final long offset) {
        return offset < tracks.volumeSize() ? tracks.nextMarked(offset) : ChangedTracks.NONE;
    }

    private static void set(final MutableDirectBuffer to, final int at, final long track) {
        final int word = at + (int) (track / Long.SIZE) * Long.BYTES;
        to.putLong(word, to.getLong(word, ByteOrder.LITTLE_ENDIAN) | 1L << track, ByteOrder.LITTLE_ENDIAN);
    }

    /** Marks here what is marked there. */
    static void merge(
        final DirectBuffer from, final int at, final int length, final long fromOffset, final ChangedTracks tracks) {
        for (int i = 0; i < length; i += Long.BYTES) {
            long word = from.getLong(at + i, ByteOrder.LITTLE_ENDIAN);
            while (word != 0) {
                final long track = (long) i * Byte.SIZE + Long.numberOfTrailingZeros(word);
                final long offset = fromOffset + track * tracks.trackSize();
                if (offset < tracks.volumeSize()) {
                    tracks.mark(offset, Math.min(tracks.trackSize(), tracks.volumeSize() - offset));
                }
                word &= word - 1;
            }
        }
    }
}
