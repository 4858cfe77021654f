package io.twintrack.node.nbd;

import io.twintrack.engine.volume.Volume;
import io.twintrack.engine.volume.RequestListener;
import io.twintrack.node.socket.IoVector;
import io.twintrack.node.socket.SocketPort;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.ByteBuffer;

/**
 * One client: moves bytes between its socket and {@link Negotiation}, {@link Intake} and {@link Replies}. All memory
 * is allocated once; a connection is used for one client after the other.
 */
final class Connection {
    private enum State {
        /** Nobody is connected. */
        FREE,
        HANDSHAKE,
        TRANSMISSION,
        /** The client has nothing more to say: what it asked is done and answered. */
        DISCONNECTING,
        /** The socket is shut down; its memory waits for what the kernel and the volume still do with it. */
        CLOSING
    }

    private enum Sending {
        IDLE,
        /** Built, but not given to the socket yet. */
        READY,
        PENDING
    }

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    static final int OUTPUT_LENGTH = 64 * 1024;
    private static final long UNSET = Long.MIN_VALUE;

    private final int index;
    private final SocketPort sockets;
    private final SlotTable slots;
    private final NbdOptions options;
    private final NbdCounters counters;
    private final RequestPool requests;
    private final Input in;
    private final Output out;
    private final IoVector receiveVector = new IoVector(2 * Prediction.MAX_COUNT);
    private final IoVector sendVector = Replies.newVector();
    private final Negotiation negotiation;
    private final Intake intake;
    private final InFlight inFlight;
    private final Replies replies;

    /** The volume that it uses, once the handshake is over. */
    private Volume served;
    private State state = State.FREE;
    private Sending sending = Sending.IDLE;
    private int socket;
    private boolean receiving;
    private boolean stopping;
    private boolean endsAfterSend;
    private long deadlineNs;
    private int outstanding;

    Connection(final int index, final SocketPort sockets, final SlotTable slots, final Exports exports,
               final RequestListener listener, final NbdOptions options, final NbdCounters counters) {
        this.index = index;
        this.sockets = sockets;
        this.slots = slots;
        this.options = options;
        this.counters = counters;
        requests = new RequestPool(options.requestsPerConnection());
        final int inputLength = Prediction.inputLength();
        final ByteBuffer memory = BufferUtil.allocateDirectAligned(
            inputLength + OUTPUT_LENGTH + Prediction.headersLength(), 4096);
        in = new Input(new UnsafeBuffer(memory, 0, inputLength));
        out = new Output(new UnsafeBuffer(memory, inputLength, OUTPUT_LENGTH));
        final UnsafeBuffer headers =
            new UnsafeBuffer(memory, inputLength + OUTPUT_LENGTH, Prediction.headersLength());
        negotiation = new Negotiation(exports, in, out, counters);
        replies = new Replies(requests, options.requestsPerConnection(), slots, out, sendVector, counters);
        inFlight = new InFlight(this, slots, replies, listener, counters);
        intake = new Intake(this, slots, requests, replies, in,
            new Prediction(slots, in, headers, counters, index), inFlight, counters);
    }

    int index() {
        return index;
    }

    boolean isFree() {
        return state == State.FREE;
    }

    /** Requests are taken. */
    boolean isServing() {
        return state == State.TRANSMISSION;
    }

    void open(final int accepted) {
        socket = accepted;
        state = State.HANDSHAKE;
        stopping = false;
        endsAfterSend = false;
        deadlineNs = UNSET;
        outstanding = 0;
        in.clear();
        replies.reset();
        requests.reset();
        counters.add(NbdCounter.CONNECTIONS_OPEN, 1);
        out.clear();
        negotiation.begin();
        sendOutput();
    }

    int doWork(final long nowNs) {
        switch (state) {
            case HANDSHAKE:
                return handshake(nowNs);
            case TRANSMISSION:
                return transmission(nowNs);
            case DISCONNECTING:
                return disconnecting(nowNs);
            case CLOSING:
                return closing();
            default:
                return 0;
        }
    }

    void stop(final long nowNs) {
        if (state == State.HANDSHAKE) {
            close();
        } else if (state == State.TRANSMISSION) {
            intake.stop();
        }
        stopping = true;
        deadlineNs = nowNs + options.stopTimeoutNs();
    }

    void onReceived(final int result) {
        receiving = false;
        counters.increment(NbdCounter.RECEIVES);
        if (state == State.CLOSING) {
            return;
        }
        if (result > 0) {
            intake.received(result);
        } else if (result < 0) {
            drop("receive failed: errno " + -result);
        } else {
            onEnd();
        }
    }

    void onSent(final int result) {
        sending = Sending.IDLE;
        counters.increment(NbdCounter.SENDS);
        if (state == State.CLOSING) {
            return;
        }
        if (result <= 0) {
            drop("send failed: errno " + -result);
        } else if (sendVector.advance(result)) {
            sending = Sending.READY;
        } else {
            replies.sent();
            if (endsAfterSend) {
                close();
            }
        }
    }

    void onComplete(final int requestIndex, final int slot, final Failure failure) {
        outstanding--;
        if (state != State.CLOSING) {
            inFlight.onComplete(requests.get(requestIndex), slot, failure);
        }
    }

    /** A piece is answered and still in the volume. @return whether anybody wants to know. */
    boolean onAnswered(final int requestIndex) {
        if (state == State.CLOSING) {
            return false;
        }
        inFlight.onAnswered(requests.get(requestIndex));
        return true;
    }

    /** A piece that was answered has come back; its request may be another one's by now. */
    void onReleased(final int slot) {
        outstanding--;
        if (state != State.CLOSING && slot != SlotTable.NONE) {
            slots.release(slot);
        }
    }

    /** Pieces that went to the volume and have not come back. */
    void outstanding(final int more) {
        outstanding += more;
    }

    /** The client asked for the end. */
    void disconnect() {
        state = State.DISCONNECTING;
    }

    void violation(final String what) {
        counters.increment(NbdCounter.PROTOCOL_VIOLATIONS);
        drop(what);
    }

    void drop(final String why) {
        counters.increment(NbdCounter.CONNECTIONS_DROPPED);
        LOG.debug("connection {} dropped: {}", index, why);
        close();
    }

    private int handshake(final long nowNs) {
        if (deadlineNs == UNSET) {
            deadlineNs = nowNs + options.handshakeTimeoutNs();
        }
        if (nowNs - deadlineNs >= 0) {
            counters.increment(NbdCounter.HANDSHAKE_TIMEOUTS);
            drop("handshake took too long");
            return 1;
        }
        int work = 0;
        if (sending == Sending.IDLE && !receiving) {
            work += negotiate();
        }
        return work + send();
    }

    private int negotiate() {
        out.clear();
        switch (negotiation.advance()) {
            case WAIT:
                return intake.prepareHandshake(receiveVector) ? receive() : 0;
            case REPLY:
                sendOutput();
                return 1;
            case TRANSMISSION:
                sendOutput();
                beginTransmission();
                return 1;
            case ABORT:
                sendOutput();
                endsAfterSend = true;
                return 1;
            default:
                violation(negotiation.reason());
                return 1;
        }
    }

    private void beginTransmission() {
        state = State.TRANSMISSION;
        final Export export = negotiation.chosen();
        replies.begin(export, negotiation.structured(), negotiation.contexts());
        inFlight.begin(export.volume());
        served = export.volume();
        served.onClientAttached();
        intake.begin(export, negotiation.structured(), negotiation.contexts());
    }

    private int transmission(final long nowNs) {
        int work = intake.advance();
        work += send();
        if (state == State.TRANSMISSION && !receiving && intake.prepareReceive(receiveVector)) {
            work += receive();
        }
        if (state == State.TRANSMISSION && stopping && (isQuiet() || nowNs - deadlineNs >= 0)) {
            close();
        }
        return work;
    }

    private int disconnecting(final long nowNs) {
        final int work = send();
        if (state == State.DISCONNECTING && (isQuiet() || stopping && nowNs - deadlineNs >= 0)) {
            close();
        }
        return work;
    }

    private int closing() {
        if (receiving || sending == Sending.PENDING || outstanding > 0) {
            return 0;
        }
        slots.releaseAll(index);
        sockets.close(socket);
        if (served != null) {
            served.onClientGone();
            served = null;
        }
        sending = Sending.IDLE;
        state = State.FREE;
        counters.add(NbdCounter.CONNECTIONS_OPEN, -1);
        return 1;
    }

    private void close() {
        state = State.CLOSING;
        sockets.shutdown(socket);
    }

    /** The client has closed its side: what it asked is still answered, if it takes it. */
    private void onEnd() {
        if (state == State.HANDSHAKE) {
            close();
        } else if (intake.isBusy()) {
            violation("the stream ends within a request");
        } else {
            disconnect();
        }
    }

    /** Every request is done and answered. */
    private boolean isQuiet() {
        return outstanding == 0 && replies.isEmpty() && sending == Sending.IDLE;
    }

    private void sendOutput() {
        sendVector.clear();
        sendVector.add(out.address(0), out.position());
        sending = Sending.READY;
    }

    private int send() {
        if (state == State.CLOSING) {
            return 0;
        }
        if (sending == Sending.IDLE && !replies.isEmpty()) {
            replies.build();
            sending = Sending.READY;
        }
        if (sending == Sending.READY && sockets.send(NbdServer.sendToken(index), socket, sendVector)) {
            sending = Sending.PENDING;
            return 1;
        }
        return 0;
    }

    private int receive() {
        receiving = sockets.receive(NbdServer.receiveToken(index), socket, receiveVector);
        return receiving ? 1 : 0;
    }
}
