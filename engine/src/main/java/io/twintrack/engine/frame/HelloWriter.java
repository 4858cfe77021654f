package io.twintrack.engine.frame;

import io.twintrack.engine.frame.sbe.HelloEncoder;
import io.twintrack.engine.frame.sbe.MessageHeaderEncoder;
import io.twintrack.engine.volume.Volume;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;

/**
 * The payload of a HELLO: who calls, whom, and which volumes get which short ids (their place in the list). Written
 * once at start; the same for every session.
 */
public final class HelloWriter {
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(1024);
    private final int length;

    public HelloWriter(
        final String initiatorIqn, final String targetIqn, final long bootId, final int slotLength,
        final List<? extends Volume> volumes) {
        final HelloEncoder hello = new HelloEncoder();
        hello.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .bootId(bootId)
            .protocol(Protocol.VERSION)
            .initiatorNode(NodeId.of(initiatorIqn))
            .targetNode(NodeId.of(targetIqn))
            .slotLength((short) Integer.numberOfTrailingZeros(slotLength));
        final HelloEncoder.VolumesEncoder group = hello.volumesCount(volumes.size());
        for (int i = 0; i < volumes.size(); i++) {
            final Volume volume = volumes.get(i);
            group.next().size(volume.size()).sectorSize(volume.sectorSize())
                .primaryVolume(i).redundantVolume(i).pairName(volume.name());
        }
        hello.initiatorIqn(initiatorIqn).targetIqn(targetIqn);
        length = MessageHeaderEncoder.ENCODED_LENGTH + hello.encodedLength();
    }

    public ExpandableArrayBuffer buffer() {
        return buffer;
    }

    /** In bytes. */
    public int length() {
        return length;
    }
}
