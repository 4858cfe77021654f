package io.twintrack.engine.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.twintrack.engine.Status;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ReplyReaderTest {
    private final UnsafeBuffer memory =
        new UnsafeBuffer(BufferUtil.allocateDirectAligned(ReplyWriter.LENGTH, 64));

    @Test
    void everyErrorIsReadAsItWasWritten() {
        for (final Status status : Status.values()) {
            write(Outcome.ERROR, status);
            final ReplyReader reader = new ReplyReader();
            final FrameFault expected = status == Status.OK ? FrameFault.UNKNOWN_OPERATION : FrameFault.NONE;
            assertEquals(expected, reader.wrap(memory, 0, ReplyWriter.LENGTH), () -> "an error with " + status);
            assertEquals(status, reader.status());
        }
    }

    @Test
    void aReplyWithAnyBitChangedIsNoReply() {
        for (int bit = 0; bit < ReplyWriter.LENGTH * 8; bit++) {
            write(Outcome.DONE, Status.OK);
            memory.putByte(bit / 8, (byte) (memory.getByte(bit / 8) ^ 1 << bit % 8));
            final FrameFault fault = new ReplyReader().wrap(memory, 0, ReplyWriter.LENGTH);
            assertNotEquals(FrameFault.NONE, fault, "bit " + bit);
        }
    }

    private void write(final Outcome outcome, final Status status) {
        final ReplyWriter writer = new ReplyWriter();
        writer.begin(memory, 0, outcome, status).session(7).messageId(1).targetNode(2).initiatorNode(3);
        writer.seal();
    }
}
