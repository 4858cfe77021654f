package io.twintrack.node.demo;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes what the demo's volume is to hold through its export, and reads it back from there to compare. */
final class Transfer {
    static final int DEPTH = 16;
    static final int REQUEST_LENGTH = 128 << 10;
    private static final int SHOW_EVERY = 64;
    private static final long NO_DIFFERENCE = -1;

    private final NbdClient client;
    private final DemoContent content;
    private long firstDifference = NO_DIFFERENCE;

    Transfer(final NbdClient client, final DemoContent content) {
        this.client = client;
        this.content = content;
    }

    /** Writes all of it to the volume's start and flushes it. */
    Meter copyIn(final Progress progress) throws IOException {
        final Meter meter = new Meter(System.nanoTime());
        client.listener(request -> onDone(request, meter, progress));
        for (long offset = 0; offset < content.length(); offset += REQUEST_LENGTH) {
            final NbdRequest request = client.claim();
            final int length = requestLength(offset);
            content.read(offset, request.buffer().limit(length));
            client.send(request, NbdRequest.Type.WRITE, offset, length);
        }
        client.drain();
        client.listener(request -> { });
        client.flush();
        meter.end(System.nanoTime());
        progress.show(content.length(), meter.toString());
        return meter;
    }

    /** Writes the blocks that changed, and flushes them. */
    void writeChanges() throws IOException {
        for (int i = 0; i < content.changes(); i++) {
            final NbdRequest request = client.claim();
            content.read(content.changeOffset(i), request.buffer().limit(DemoContent.BLOCK));
            client.send(request, NbdRequest.Type.WRITE, content.changeOffset(i), DemoContent.BLOCK);
        }
        client.flush();
    }

    /** Reads all of it again. @return the first offset at which something else is found, or -1. */
    long readBack(final Progress progress) throws IOException {
        final ByteBuffer expected = ByteBuffer.allocateDirect(REQUEST_LENGTH);
        final Meter meter = new Meter(System.nanoTime());
        firstDifference = NO_DIFFERENCE;
        client.listener(request -> {
            compare(request, expected);
            onDone(request, meter, progress);
        });
        for (long offset = 0; offset < content.length(); offset += REQUEST_LENGTH) {
            client.send(client.claim(), NbdRequest.Type.READ, offset, requestLength(offset));
        }
        client.drain();
        progress.show(content.length(), meter.toString());
        return firstDifference;
    }

    private void onDone(final NbdRequest request, final Meter meter, final Progress progress) {
        meter.record(request, System.nanoTime());
        if (meter.bytes() / REQUEST_LENGTH % SHOW_EVERY == 0) {
            progress.show(Math.min(meter.bytes(), content.length()), meter.toString());
        }
    }

    private void compare(final NbdRequest request, final ByteBuffer expected) throws IOException {
        content.read(request.offset(), expected.clear().limit(request.length()));
        final int mismatch = request.buffer().mismatch(expected);
        if (mismatch >= 0 && (firstDifference < 0 || request.offset() + mismatch < firstDifference)) {
            firstDifference = request.offset() + mismatch;
        }
    }

    /** The last request is rounded up to whole blocks; zeros follow the input there. */
    private int requestLength(final long offset) {
        final long left = Math.min(REQUEST_LENGTH, content.length() - offset);
        final int blockSize = client.export().blockSize();
        return (int) ((left + blockSize - 1) / blockSize * blockSize);
    }
}
