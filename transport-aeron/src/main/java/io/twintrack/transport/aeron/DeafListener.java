package io.twintrack.transport.aeron;

import io.twintrack.engine.port.LinkListener;

/** Stands in until somebody listens. */
final class DeafListener implements LinkListener {
    @Override
    public void onLinkUp(final long nowNs) {
    }

    @Override
    public void onLinkDown(final long nowNs, final String reason) {
    }
}
