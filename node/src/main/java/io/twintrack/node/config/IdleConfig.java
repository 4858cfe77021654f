package io.twintrack.node.config;

/**
 * What an HBA does while there is no work: it looks again at once, then lets other threads run between looks, then
 * sleeps in the kernel until something arrives.
 *
 * @param spinNs  how long it looks again at once.
 * @param yieldNs how long it yields after that.
 * @param parkNs  the longest sleep after that.
 */
public record IdleConfig(long spinNs, long yieldNs, long parkNs) {
}
