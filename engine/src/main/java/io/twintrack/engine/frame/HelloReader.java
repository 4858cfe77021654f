package io.twintrack.engine.frame;

import io.twintrack.engine.frame.sbe.HelloDecoder;
import io.twintrack.engine.frame.sbe.MessageHeaderDecoder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Reads the payload of a HELLO. It happens once a session and may allocate. */
public final class HelloReader {
    /** A volume of the origin, and the short ids that it gets. */
    public record Binding(String pairName, long size, int sectorSize, int primaryVolume, int redundantVolume) {
    }

    private final MessageHeaderDecoder messageHeader = new MessageHeaderDecoder();
    private final HelloDecoder hello = new HelloDecoder();
    private final List<Binding> bindings = new ArrayList<>();
    private String initiatorIqn;
    private String targetIqn;

    /** @return whether it is a HELLO at all; nothing else may be asked otherwise. */
    public boolean read(final long address, final int length) {
        bindings.clear();
        final UnsafeBuffer payload = new UnsafeBuffer(address, length);
        try {
            messageHeader.wrap(payload, 0);
            if (messageHeader.schemaId() != HelloDecoder.SCHEMA_ID
                || messageHeader.templateId() != HelloDecoder.TEMPLATE_ID) {
                return false;
            }
            hello.wrapAndApplyHeader(payload, 0, messageHeader);
            readVolumes(hello.volumes());
            initiatorIqn = hello.initiatorIqn();
            targetIqn = hello.targetIqn();
            return true;
        } catch (final IndexOutOfBoundsException e) {
            // A length in it points beyond its end: that is what the bounds checks of the buffer are for.
            return false;
        }
    }

    private void readVolumes(final HelloDecoder.VolumesDecoder volumes) {
        for (final HelloDecoder.VolumesDecoder volume : volumes) {
            if (bindings.size() == Protocol.MAX_VOLUMES) {
                throw new IndexOutOfBoundsException("more volumes than a session can bind");
            }
            // The name follows the fixed block on the wire and is read after it.
            final long size = volume.size();
            final int sectorSize = (int) volume.sectorSize();
            final int primaryVolume = volume.primaryVolume();
            final int redundantVolume = volume.redundantVolume();
            bindings.add(new Binding(volume.pairName(), size, sectorSize, primaryVolume, redundantVolume));
        }
    }

    public int protocol() {
        return hello.protocol();
    }

    /** In bytes. */
    public int slotLength() {
        return 1 << (hello.slotLength() & 31);
    }

    public List<Binding> bindings() {
        return bindings;
    }

    public String initiatorIqn() {
        return initiatorIqn;
    }

    public String targetIqn() {
        return targetIqn;
    }
}
