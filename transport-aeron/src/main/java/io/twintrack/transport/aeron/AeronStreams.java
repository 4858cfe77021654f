package io.twintrack.transport.aeron;

import io.aeron.Aeron;
import io.aeron.AvailableImageHandler;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.UnavailableImageHandler;
import org.agrona.CloseHelper;

/**
 * The two publications and two subscriptions of one life of a link. They are added without waiting: log buffers are
 * made by the driver in later cycles.
 */
final class AeronStreams {
    private static final LinkStream[] STREAMS = LinkStream.values();

    private final Aeron aeron;
    private final long[] publicationIds = new long[STREAMS.length];
    private final long[] subscriptionIds = new long[STREAMS.length];
    private final ExclusivePublication[] publications = new ExclusivePublication[STREAMS.length];
    private final Subscription[] subscriptions = new Subscription[STREAMS.length];

    AeronStreams(final Aeron aeron) {
        this.aeron = aeron;
    }

    void add(
        final LinkStream stream, final String publicationChannel, final String subscriptionChannel,
        final AvailableImageHandler available, final UnavailableImageHandler unavailable) {
        final int i = stream.ordinal();
        subscriptionIds[i] = aeron.asyncAddSubscription(subscriptionChannel, stream.id(), available, unavailable);
        publicationIds[i] = aeron.asyncAddExclusivePublication(publicationChannel, stream.id());
    }

    /**
     * @return whether all four are there.
     * @throws io.aeron.exceptions.RegistrationException if the driver refused one.
     */
    boolean poll() {
        boolean complete = true;
        for (int i = 0; i < STREAMS.length; i++) {
            if (publications[i] == null) {
                publications[i] = aeron.getExclusivePublication(publicationIds[i]);
            }
            if (subscriptions[i] == null) {
                subscriptions[i] = aeron.getSubscription(subscriptionIds[i]);
            }
            complete &= publications[i] != null && subscriptions[i] != null;
        }
        return complete;
    }

    ExclusivePublication publication(final LinkStream stream) {
        return publications[stream.ordinal()];
    }

    boolean isClosed() {
        return aeron.isClosed();
    }

    void close() {
        for (int i = 0; i < STREAMS.length && !aeron.isClosed(); i++) {
            CloseHelper.closeAll(publications[i], subscriptions[i]);
            if (publications[i] == null) {
                aeron.asyncRemovePublication(publicationIds[i]);
            }
            if (subscriptions[i] == null) {
                aeron.asyncRemoveSubscription(subscriptionIds[i]);
            }
        }
    }
}
