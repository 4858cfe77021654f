package io.twintrack.node.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Copies a file into a volume through its export, and reads it back from there to compare. */
final class Transfer {
    static final int DEPTH = 16;
    static final int REQUEST_LENGTH = 128 << 10;
    private static final int SHOW_EVERY = 64;
    private static final long NO_DIFFERENCE = -1;

    private final NbdClient client;
    private final FileChannel input;
    private final long inputLength;
    private long firstDifference = NO_DIFFERENCE;

    Transfer(final NbdClient client, final FileChannel input) throws IOException {
        this.client = client;
        this.input = input;
        this.inputLength = input.size();
    }

    /** Writes the whole input to the volume's start and flushes it. */
    Meter copyIn(final Progress progress) throws IOException {
        final Meter meter = new Meter(System.nanoTime());
        client.listener(request -> onDone(request, meter, progress));
        for (long offset = 0; offset < inputLength; offset += REQUEST_LENGTH) {
            final NbdRequest request = client.claim();
            final int length = requestLength(offset);
            readInput(offset, request.buffer().limit(length));
            client.send(request, NbdRequest.Type.WRITE, offset, length);
        }
        client.drain();
        client.listener(request -> { });
        client.flush();
        meter.end(System.nanoTime());
        progress.show(inputLength, meter.toString());
        return meter;
    }

    /** Reads the same range again. @return the first offset at which it differs from the input, or -1. */
    long readBack(final Progress progress) throws IOException {
        final ByteBuffer expected = ByteBuffer.allocateDirect(REQUEST_LENGTH);
        final Meter meter = new Meter(System.nanoTime());
        firstDifference = NO_DIFFERENCE;
        client.listener(request -> {
            compare(request, expected);
            onDone(request, meter, progress);
        });
        for (long offset = 0; offset < inputLength; offset += REQUEST_LENGTH) {
            client.send(client.claim(), NbdRequest.Type.READ, offset, requestLength(offset));
        }
        client.drain();
        progress.show(inputLength, meter.toString());
        return firstDifference;
    }

    private void onDone(final NbdRequest request, final Meter meter, final Progress progress) {
        meter.record(request, System.nanoTime());
        if (meter.bytes() / REQUEST_LENGTH % SHOW_EVERY == 0) {
            progress.show(Math.min(meter.bytes(), inputLength), meter.toString());
        }
    }

    private void compare(final NbdRequest request, final ByteBuffer expected) throws IOException {
        readInput(request.offset(), expected.clear().limit(request.length()));
        final int mismatch = request.buffer().mismatch(expected);
        if (mismatch >= 0 && (firstDifference < 0 || request.offset() + mismatch < firstDifference)) {
            firstDifference = request.offset() + mismatch;
        }
    }

    /** The last request is rounded up to whole blocks; zeros follow the input there. */
    private int requestLength(final long offset) {
        final long left = Math.min(REQUEST_LENGTH, inputLength - offset);
        final int blockSize = client.export().blockSize();
        return (int) ((left + blockSize - 1) / blockSize * blockSize);
    }

    private void readInput(final long offset, final ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (input.read(buffer, offset + buffer.position()) < 0) {
                while (buffer.hasRemaining()) {
                    buffer.put((byte) 0);
                }
            }
        }
        buffer.flip();
    }
}
