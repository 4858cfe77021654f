package io.twintrack.engine.metadata;

import static io.twintrack.engine.metadata.MetadataLayout.BLOCK_LENGTH;
import static io.twintrack.engine.metadata.MetadataLayout.CHECKSUM_OFFSET;

import io.twintrack.engine.metadata.sbe.MessageHeaderDecoder;
import io.twintrack.engine.metadata.sbe.MessageHeaderEncoder;
import io.twintrack.engine.metadata.sbe.SuperblockRecordDecoder;
import io.twintrack.engine.metadata.sbe.SuperblockRecordEncoder;
import io.twintrack.engine.pair.Mode;
import io.twintrack.engine.pair.Role;
import io.twintrack.engine.pair.SeveredBy;
import io.twintrack.engine.pair.SideState;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/** A superblock as bytes. HBA's thread only. */
final class SuperblockBlock {
    private static final int SERVING = 1;
    private static final int FULL_COMPARE = 2;
    private static final int COMPARING = 4;

    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final SuperblockRecordEncoder encoder = new SuperblockRecordEncoder();
    private final SuperblockRecordDecoder decoder = new SuperblockRecordDecoder();

    /** @throws IllegalArgumentException when a name is too long or not ASCII. */
    void encode(final Superblock from, final int copy, final UnsafeBuffer block) {
        block.setMemory(0, BLOCK_LENGTH, (byte) 0);
        encoder.wrapAndApplyHeader(block, 0, headerEncoder)
            .place((short) copy)
            .sequence(from.sequence)
            .volumeSize(from.volumeSize)
            .trackSize(from.trackSize)
            .regionSize(from.regionSize)
            .role((short) from.role.code())
            .sideState((short) from.sideState.code())
            .peerSideState((short) from.peerSideState.code())
            .mode((short) from.mode.code())
            .severedBy((short) from.severedBy.code())
            .flags(flags(from))
            .ownLife(from.ownLife)
            .peerLife(from.peerLife)
            .resizeId(from.resizeId)
            .resizeSize(from.resizeSize)
            .resizeOldSize(from.resizeOldSize);
        encodeIds(from);
        encodeNames(from);
        BlockSeal.seal(block, 0);
    }

    private static short flags(final Superblock from) {
        return (short) ((from.serving ? SERVING : 0) | (from.fullCompare ? FULL_COMPARE : 0)
            | (from.comparing ? COMPARING : 0));
    }

    private void encodeIds(final Superblock from) {
        encoder.metadataIdHigh(from.metadataIdHigh).metadataIdLow(from.metadataIdLow)
            .pairIdHigh(from.pairIdHigh).pairIdLow(from.pairIdLow)
            .currentHigh(from.currentHigh).currentLow(from.currentLow)
            .baseHigh(from.baseHigh).baseLow(from.baseLow)
            .history0High(from.historyHigh[0]).history0Low(from.historyLow[0])
            .history1High(from.historyHigh[1]).history1Low(from.historyLow[1])
            .history2High(from.historyHigh[2]).history2Low(from.historyLow[2])
            .syncGenerationHigh(from.syncGenerationHigh).syncGenerationLow(from.syncGenerationLow);
    }

    private void encodeNames(final Superblock from) {
        encoder.pairName(checked(from.pairName, Superblock.MAX_NAME))
            .volumeName(checked(from.volumeName, Superblock.MAX_NAME))
            .localIqn(checked(from.localIqn, Superblock.MAX_NAME))
            .peerIqn(checked(from.peerIqn, Superblock.MAX_NAME))
            .diskIdentity(checked(from.diskIdentity, Superblock.MAX_DISK_IDENTITY));
    }

    private static String checked(final String name, final int maxLength) {
        if (!isName(name, maxLength)) {
            throw new IllegalArgumentException("not ASCII of at most " + maxLength + " bytes: " + name);
        }
        return name;
    }

    /** @return null, or why the block is no good; then {@code to} is of no use. */
    String decode(final UnsafeBuffer block, final int offset, final int copy, final Superblock to) {
        if (!BlockSeal.isIntact(block, offset)) {
            return BlockSeal.isBlank(block, offset) ? "it is blank" : "its checksum does not match";
        }
        header.wrap(block, offset);
        if (header.version() != SuperblockRecordDecoder.SCHEMA_VERSION) {
            return "its version " + header.version() + " is not " + SuperblockRecordDecoder.SCHEMA_VERSION;
        }
        if (header.schemaId() != SuperblockRecordDecoder.SCHEMA_ID
            || header.templateId() != SuperblockRecordDecoder.TEMPLATE_ID
            || header.blockLength() != SuperblockRecordDecoder.BLOCK_LENGTH) {
            return "it is not a superblock";
        }
        decoder.wrap(block, offset + MessageHeaderDecoder.ENCODED_LENGTH, header.blockLength(), header.version());
        if (decoder.place() != copy) {
            return "it belongs elsewhere";
        }
        decodeNumbers(to);
        decodeIds(to);
        if (to.metadataIdHigh == 0 && to.metadataIdLow == 0) {
            return "it has no id";
        }
        return decodeStates(to) ? decodeNames(to, offset + CHECKSUM_OFFSET) : "a state has no meaning";
    }

    private void decodeNumbers(final Superblock to) {
        to.sequence = decoder.sequence();
        to.volumeSize = decoder.volumeSize();
        to.trackSize = (int) decoder.trackSize();
        to.regionSize = (int) decoder.regionSize();
        to.serving = (decoder.flags() & SERVING) != 0;
        to.fullCompare = (decoder.flags() & FULL_COMPARE) != 0;
        to.comparing = (decoder.flags() & COMPARING) != 0;
        to.ownLife = decoder.ownLife();
        to.peerLife = decoder.peerLife();
        to.resizeId = decoder.resizeId();
        to.resizeSize = decoder.resizeSize();
        to.resizeOldSize = decoder.resizeOldSize();
    }

    private void decodeIds(final Superblock to) {
        to.metadataIdHigh = decoder.metadataIdHigh();
        to.metadataIdLow = decoder.metadataIdLow();
        to.pairIdHigh = decoder.pairIdHigh();
        to.pairIdLow = decoder.pairIdLow();
        to.currentHigh = decoder.currentHigh();
        to.currentLow = decoder.currentLow();
        to.baseHigh = decoder.baseHigh();
        to.baseLow = decoder.baseLow();
        to.historyHigh[0] = decoder.history0High();
        to.historyLow[0] = decoder.history0Low();
        to.historyHigh[1] = decoder.history1High();
        to.historyLow[1] = decoder.history1Low();
        to.historyHigh[2] = decoder.history2High();
        to.historyLow[2] = decoder.history2Low();
        to.syncGenerationHigh = decoder.syncGenerationHigh();
        to.syncGenerationLow = decoder.syncGenerationLow();
    }

    private boolean decodeStates(final Superblock to) {
        to.role = Role.of(decoder.role());
        to.sideState = SideState.of(decoder.sideState());
        to.peerSideState = SideState.of(decoder.peerSideState());
        to.mode = Mode.of(decoder.mode());
        to.severedBy = SeveredBy.of(decoder.severedBy());
        return to.role != null && to.sideState != null && to.peerSideState != null && to.mode != null
            && to.severedBy != null;
    }

    private String decodeNames(final Superblock to, final int end) {
        to.pairName = hasName(decoder.pairNameLength(), end) ? name(decoder.pairName(), Superblock.MAX_NAME) : null;
        to.volumeName = hasName(decoder.volumeNameLength(), end) ? name(decoder.volumeName(), Superblock.MAX_NAME)
            : null;
        to.localIqn = hasName(decoder.localIqnLength(), end) ? name(decoder.localIqn(), Superblock.MAX_NAME) : null;
        to.peerIqn = hasName(decoder.peerIqnLength(), end) ? name(decoder.peerIqn(), Superblock.MAX_NAME) : null;
        to.diskIdentity = hasName(decoder.diskIdentityLength(), end)
            ? name(decoder.diskIdentity(), Superblock.MAX_DISK_IDENTITY) : null;
        return to.pairName == null || to.volumeName == null || to.localIqn == null || to.peerIqn == null
            || to.diskIdentity == null ? "a name is too long or not ASCII" : null;
    }

    /** What follows the length lies within the block. */
    private boolean hasName(final int length, final int end) {
        return length <= Superblock.MAX_DISK_IDENTITY && decoder.limit() + 2 + length <= end;
    }

    /** What could not be written again is none. */
    private static String name(final String name, final int maxLength) {
        return isName(name, maxLength) ? name : null;
    }

    private static boolean isName(final String name, final int maxLength) {
        return name.length() <= maxLength && StandardCharsets.US_ASCII.newEncoder().canEncode(name);
    }
}
