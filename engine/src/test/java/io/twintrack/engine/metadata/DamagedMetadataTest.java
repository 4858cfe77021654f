package io.twintrack.engine.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrack.engine.device.VolatileDisk;
import io.twintrack.engine.metadata.LoadListener.Outcome;
import io.twintrack.engine.pair.SideState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A metadata file with damage: the side is refused, or it is not trusted and everything is compared, or its marks are
 * at least those that count. Never fewer, and never another generation.
 */
class DamagedMetadataTest {
    private static final int TRACK = StoreRig.TRACK;
    private static final int BLOCK = MetadataLayout.BLOCK_LENGTH;
    private static final long REGION = 4 << 20;
    private static final long SIZE = 8 * REGION;
    private static final long GENERATION = 0x1234_5678_9ABCL;

    private final MetadataLayout layout = new MetadataLayout(SIZE, TRACK);
    private final StoreRig.Memory memory = new StoreRig.Memory(layout);
    /** What stood on the disk after every durable step; the last one is what counts. */
    private final List<byte[]> past = new ArrayList<>();
    private byte[] image;
    private int refused;
    private int distrusted;
    private int superset;
    private int exact;

    @BeforeEach
    void live() {
        final StoreRig rig = StoreRig.clean(layout, 16);
        remember(rig);
        rig.store.intent().begin(0, REGION, TRACK);
        rig.settle();
        remember(rig);
        rig.change(side -> side.currentHigh = GENERATION - 1);
        remember(rig);
        rig.store.tracks().mark(5 * REGION, 3 * TRACK);
        rig.await(done -> rig.store.saveTracks(0, SIZE, done));
        remember(rig);
        rig.store.intent().begin(1, 6 * REGION, TRACK);
        rig.settle();
        remember(rig);
        rig.store.tracks().mark(SIZE - TRACK, TRACK);
        rig.await(done -> rig.store.saveTracks(0, SIZE, done));
        remember(rig);
        rig.change(side -> side.currentHigh = GENERATION);
        remember(rig);
        image = past.get(past.size() - 1);
    }

    private void remember(final StoreRig rig) {
        past.add(rig.disk.stable());
    }

    private byte[] block(final byte[] from, final int number) {
        return Arrays.copyOfRange(from, number * BLOCK, (number + 1) * BLOCK);
    }

    private byte[] with(final int number, final byte[] block) {
        final byte[] changed = image.clone();
        System.arraycopy(block, 0, changed, number * BLOCK, BLOCK);
        return changed;
    }

    private int blocks() {
        return image.length / BLOCK;
    }

    private void check(final byte[] changed, final String what) {
        final StoreRig rig = new StoreRig(new VolatileDisk(changed), layout, 16, memory);
        if (rig.outcome == Outcome.UNREADABLE) {
            assertNotNull(rig.reason, what);
            refused++;
            return;
        }
        assertEquals(Outcome.LOADED, rig.outcome, what);
        final Superblock side = rig.store.superblock();
        if (side.fullCompare) {
            assertTrue(side.sideState != SideState.UP_TO_DATE, what);
            assertNotNull(rig.reason, what);
            distrusted++;
        } else {
            assertEquals(GENERATION, side.currentHigh, what);
            assertEquals(SideState.UP_TO_DATE, side.sideState, what);
        }
        checkMarks(rig, what);
    }

    private void checkMarks(final StoreRig rig, final String what) {
        final ChangedTracks tracks = rig.store.tracks();
        rig.store.intent().markAllInto(tracks);
        assertEquals(REGION, tracks.runLength(REGION, REGION), what);
        assertEquals(REGION, tracks.runLength(6 * REGION, REGION), what);
        assertEquals(3 * TRACK, tracks.runLength(5 * REGION, 3 * TRACK), what);
        assertTrue(tracks.isMarked(SIZE - TRACK, TRACK), what);
        if (tracks.count() == 2 * REGION / TRACK + 4) {
            exact++;
        } else {
            superset++;
        }
    }

    @Test
    void anyByteOfOneBlockIsWrong() {
        for (int i = 0; i < image.length; i++) {
            final byte[] changed = image.clone();
            changed[i] ^= (byte) (1 << i % 8);
            check(changed, "byte " + i);
        }
        assertEquals(0, refused, "one copy is enough to know the side");
        assertEquals(2 * BLOCK, distrusted);
        assertEquals(image.length, exact, "one copy is enough to know the marks");
    }

    @Test
    void anyByteOfBothCopiesOfABlockIsWrong() {
        for (int i = 0; i < image.length; i++) {
            if (i / BLOCK % 2 == 0) {
                final byte[] changed = image.clone();
                changed[i] ^= (byte) 0x40;
                changed[i + BLOCK] ^= (byte) (1 << i % 8);
                check(changed, "bytes " + i + " and " + (i + BLOCK));
            }
        }
        assertEquals(BLOCK, refused);
        assertEquals(2 * BLOCK, superset);
    }

    @Test
    void anyTwoBlocksAreSwapped() {
        for (int i = 0; i < blocks(); i++) {
            for (int k = 0; k < i; k++) {
                final byte[] changed = with(i, block(image, k));
                System.arraycopy(image, i * BLOCK, changed, k * BLOCK, BLOCK);
                check(changed, "blocks " + i + " and " + k);
            }
        }
        assertEquals(1, refused, "the superblocks with each other");
    }

    @Test
    void aBlockComesBackThatWasWrittenOver() {
        for (int i = 0; i < blocks(); i++) {
            for (int k = 0; k < past.size(); k++) {
                check(with(i, block(past.get(k), i)), "block " + i + " of step " + k);
            }
        }
        assertEquals(0, refused);
        assertTrue(distrusted > 0, "a superblock of several changes ago");
    }

    @Test
    void aBlockIsTorn() {
        for (int i = 0; i < blocks(); i++) {
            for (int k = 0; k < past.size(); k++) {
                for (int sectors = 1; sectors < 8; sectors++) {
                    final byte[] torn = block(past.get(k), i);
                    System.arraycopy(image, i * BLOCK, torn, 0, sectors * 512);
                    check(with(i, torn), "block " + i + " of step " + k + " up to sector " + sectors);
                    final byte[] rest = block(image, i);
                    System.arraycopy(past.get(k), i * BLOCK, rest, 0, sectors * 512);
                    check(with(i, rest), "block " + i + " of step " + k + " from sector " + sectors);
                }
            }
        }
        assertEquals(0, refused);
    }

    @Test
    void aBlockIsAnotherFiles() {
        final StoreRig other = new StoreRig(new VolatileDisk((int) layout.length()), layout, 16);
        other.change(side -> StoreRig.identify(side, 78));
        other.clear();
        final byte[] foreign = other.disk.stable();
        for (int i = 0; i < blocks(); i++) {
            check(with(i, block(foreign, i)), "block " + i);
        }
        assertEquals(2, refused, "either superblock");
        final byte[] both = with(2, block(foreign, 2));
        System.arraycopy(foreign, 3 * BLOCK, both, 3 * BLOCK, BLOCK);
        check(both, "both intent blocks");
        assertEquals(1, superset);
    }

    @Test
    void theFileIsCutShort() {
        for (int sectors = 1; sectors < image.length / 512; sectors++) {
            check(Arrays.copyOf(image, sectors * 512), sectors + " sectors");
        }
        assertEquals(image.length / 512 - 1, refused);
        for (int sectors = 1; sectors < image.length / 512; sectors++) {
            check(Arrays.copyOf(Arrays.copyOf(image, sectors * 512), image.length), sectors + " sectors, then blank");
        }
        assertTrue(superset > 0);
    }

    @Test
    void bothSuperblocksAreBlankInAFileThatIsNot() {
        final byte[] changed = with(0, new byte[BLOCK]);
        System.arraycopy(new byte[BLOCK], 0, changed, BLOCK, BLOCK);
        check(changed, "blank superblocks");
        assertEquals(1, refused);
    }

    @Test
    void theFileIsMadeForOtherTracks() {
        final MetadataLayout other = new MetadataLayout(SIZE, 2 * TRACK);
        assertEquals(layout.length(), other.length());
        final StoreRig rig = new StoreRig(new VolatileDisk(image.clone()), other, 16);
        assertEquals(Outcome.UNREADABLE, rig.outcome);
    }

    /** Found by fuzzing: comparing the two copies threw. */
    @Test
    void aNameThatIsNotAsciiMakesASuperblockUnusableEvenUnderAGoodChecksum() {
        final int name = new String(image, BLOCK, BLOCK, StandardCharsets.ISO_8859_1).indexOf("iqn.");
        check(withSecondSuperblock(file -> file.putByte(BLOCK + name + 5, (byte) 0xFC)), "a name");
        assertEquals(1, distrusted);
    }

    /** Found by fuzzing: it was loaded, and the first change threw. */
    @Test
    void aSuperblockWithoutAnIdIsUnusableEvenUnderAGoodChecksum() {
        final int id = new String(image, BLOCK, BLOCK, StandardCharsets.ISO_8859_1).indexOf("M\0\0\0\0\0\0\0M");
        check(withSecondSuperblock(file -> file.setMemory(BLOCK + id, 16, (byte) 0)), "no id");
        assertEquals(1, distrusted);
    }

    private byte[] withSecondSuperblock(final Consumer<UnsafeBuffer> edit) {
        final UnsafeBuffer file = new UnsafeBuffer(ByteBuffer.allocateDirect(image.length));
        file.putBytes(0, image);
        edit.accept(file);
        BlockSeal.seal(file, BLOCK);
        final byte[] changed = new byte[image.length];
        file.getBytes(0, changed);
        return changed;
    }
}
