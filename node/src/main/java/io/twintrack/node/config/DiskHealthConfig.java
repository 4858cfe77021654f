package io.twintrack.node.config;

/**
 * How the disks of type sata of one HBA are watched, and from when on a person should look at one; a threshold of 0 is
 * never reached.
 *
 * @param intervalNs         how often each is asked.
 * @param temperature        in degrees Celsius.
 * @param reallocatedSectors replaced because they went bad.
 * @param pendingSectors     that could not be read.
 * @param crcErrors          transfers damaged on the cable.
 */
public record DiskHealthConfig(
    long intervalNs, int temperature, int reallocatedSectors, int pendingSectors, int crcErrors) {
}
