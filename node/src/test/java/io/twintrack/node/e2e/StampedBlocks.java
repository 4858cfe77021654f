package io.twintrack.node.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A client that stamps each block it writes with the block's number and how often it was written, and remembers what
 * was answered. So it can say of each sector whether it holds what it must: nothing older than what was last
 * acknowledged, nothing newer than what was last sent, and no other block's bytes.
 *
 * <pre>
 *   0                8                16
 *   +----------------+----------------+---
 *   | block          | version        | ... the same again, to the end of the block
 *   +----------------+----------------+---
 * </pre>
 */
final class StampedBlocks implements Runnable {
    static final int BLOCK = 4096;
    private static final int SECTOR = 512;
    private static final int STAMP = 16;
    private static final int DEPTH = 16;
    private static final int WRITES_PER_FLUSH = 200;
    private static final long FLUSH_COOKIE = -2;

    private final InetSocketAddress server;
    private final String export;
    private final long seed;
    private final Random random;
    private final long[] sent;
    private final long[] acknowledged;
    private final boolean[] inFlight;
    private volatile boolean stopping;
    private volatile long acknowledgements;
    private volatile long errors;
    private volatile long flushes;
    private volatile String end = "runs";

    StampedBlocks(final InetSocketAddress server, final String export, final long size, final long seed) {
        this.server = server;
        this.export = export;
        this.seed = seed;
        this.random = new Random(seed);
        sent = new long[(int) (size / BLOCK)];
        acknowledged = new long[sent.length];
        inFlight = new boolean[sent.length];
    }

    /** Writes from a thread of its own until it is stopped or the connection breaks. */
    Thread start() {
        stopping = false;
        end = "runs";
        final Thread thread = new Thread(this, "stamped-blocks");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    void stop(final Thread thread) {
        stopping = true;
        Wait.until(() -> !thread.isAlive(), 30, this::toString);
    }

    long acknowledgements() {
        return acknowledgements;
    }

    long errors() {
        return errors;
    }

    long flushes() {
        return flushes;
    }

    @Override
    public void run() {
        java.util.Arrays.fill(inFlight, false);
        try (NbdSocket nbd = new NbdSocket(server, export)) {
            int outstanding = 0;
            while (!stopping || outstanding > 0) {
                while (!stopping && outstanding < DEPTH) {
                    sendOne(nbd);
                    outstanding++;
                }
                receiveOne(nbd);
                outstanding--;
            }
            end = "stopped";
        } catch (final IOException e) {
            end = "ended by " + e;
        }
    }

    private void sendOne(final NbdSocket nbd) throws IOException {
        if (random.nextInt(WRITES_PER_FLUSH) == 0) {
            nbd.send(NbdSocket.FLUSH, FLUSH_COOKIE, 0, 0, null);
            return;
        }
        int block = random.nextInt(sent.length);
        while (inFlight[block]) {
            block = random.nextInt(sent.length);
        }
        inFlight[block] = true;
        nbd.send(NbdSocket.WRITE, block, (long) block * BLOCK, BLOCK, stamped(block, ++sent[block]));
    }

    private void receiveOne(final NbdSocket nbd) throws IOException {
        final long cookie = nbd.receive();
        if (nbd.error() != 0) {
            errors++;
        } else if (cookie == FLUSH_COOKIE) {
            flushes++;
        } else {
            acknowledged[(int) cookie] = sent[(int) cookie];
            acknowledgements++;
        }
        if (cookie != FLUSH_COOKIE) {
            inFlight[(int) cookie] = false;
        }
    }

    private static byte[] stamped(final long block, final long version) {
        final ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
        while (bytes.hasRemaining()) {
            bytes.putLong(block).putLong(version);
        }
        return bytes.array();
    }

    /** Reads all blocks back and judges each sector. */
    void check() throws IOException {
        try (NbdSocket nbd = new NbdSocket(server, export)) {
            for (int block = 0; block < sent.length; block++) {
                assertEquals(0, nbd.read((long) block * BLOCK, BLOCK), this::toString);
                check(block, ByteBuffer.wrap(nbd.data()));
            }
        }
    }

    private void check(final int block, final ByteBuffer data) {
        for (int sector = 0; sector < BLOCK; sector += SECTOR) {
            final long version = data.getLong(sector + 8);
            final String place = "block " + block + " byte " + sector + ": version " + version + ", acknowledged "
                + acknowledged[block] + ", sent " + sent[block] + "; " + this;
            assertTrue(acknowledged[block] <= version && version <= sent[block], place);
            for (int at = sector; at < sector + SECTOR; at += STAMP) {
                assertEquals(version == 0 ? 0 : block, data.getLong(at), place);
                assertEquals(version, data.getLong(at + 8), place);
            }
        }
    }

    @Override
    public String toString() {
        return "seed " + seed + ", " + acknowledgements + " writes acknowledged, " + flushes + " flushes, " + errors
            + " errors, " + end;
    }
}
