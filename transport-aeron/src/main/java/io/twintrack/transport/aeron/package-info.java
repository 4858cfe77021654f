/**
 * A {@link io.twintrack.engine.port.ReplicaLink} over Aeron UDP.
 *
 * <p>One {@link io.twintrack.transport.aeron.AeronDriver} serves all links of an HBA, on the HBA's thread. A frame is
 * claimed and filled in the publication's term buffer ({@code OutboundStream}), gets a seal on its way through the
 * socket ({@code SealedSendEndpoint}), is checked when it arrives ({@code SealedReceiveEndpoint}), and is offered where
 * the driver put it ({@code InboundImage}); if the handler holds it, it stays there until it is released.
 *
 * <p>Where Aeron needs care, and what is done here:
 * <table>
 * <caption>Rules</caption>
 * <tr><td>damaged headers block a stream for good</td>
 *     <td>every datagram is sealed: DatagramSeal; a gap that stays ends the stream: InboundImage.isStalled</td></tr>
 * <tr><td>socket buffers are cut silently</td><td>the granted size is read back and the window follows:
 *     SocketBuffers</td></tr>
 * <tr><td>a long pause ends Aeron's client</td><td>AeronDriver.rebuild, which links report as a loss</td></tr>
 * <tr><td>a position reaches the end of its own term at most</td><td>InboundImage.advance goes in steps; the position
 *     moves with the offer, the token guards the memory</td></tr>
 * <tr><td>copies</td>
 *     <td>one of the engine's into the claimed frame, one of Aeron's out of the socket; none here</td></tr>
 * <tr><td>one datagram per driver run</td><td>AeronDriver runs it until it is idle, up to a bound</td></tr>
 * <tr><td>adding streams blocks</td><td>AeronStreams adds them asynchronously, with IP literals; the driver's executor
 *     thread is off. Making log buffers still takes the HBA's thread some milliseconds each</td></tr>
 * <tr><td>mappings go away</td><td>InboundImage maps the terms itself and unmaps after the last release</td></tr>
 * <tr><td>tokens in any order</td><td>HeldFrames</td></tr>
 * <tr><td>alignment of payloads</td><td>FrameLayout: every frame of an aligned stream fills sectors</td></tr>
 * <tr><td>memory</td><td>LinkOptions.memoryNeeded, checked by DriverDirectory.promise</td></tr>
 * <tr><td>long ways</td>
 *     <td>DriverOptions.roundTripNs times repairs; LinkOptions.recommendedMtu avoids fragments</td></tr>
 * </table>
 *
 * <p>Memory in the RAM file system, per link: 3 terms for each of our two streams and of the peer's two, so
 * {@code 6 x (termLength + replyTermLength)}; for the time-out after a loss the old ones are there beside the new ones.
 */
package io.twintrack.transport.aeron;
