package io.twintrack.engine.device;

/** Where each byte of an {@link ExtentDevice} lies. All in bytes; offsets are within the device's size. */
interface ExtentMap {
    long size();

    /** @return index of the extent that holds this byte. */
    int extent(long offset);

    /** @return where in its extent this byte lies. */
    long extentOffset(long offset);

    /** @return bytes from this one on that follow each other in the same extent. */
    long run(long offset);

    /**
     * @return how many of an extent's bytes lie before this offset of the device, which may also be the size. Those of
     * a range of the device follow each other in the extent, so two calls give all that the range has there.
     */
    long extentBytesBefore(int extent, long offset);

    String describe();
}
