package io.twintrack.bench.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.twintrack.bench.Workload;

/**
 * What one cell of the table measured in one round.
 *
 * @param round          from 0 on.
 * @param iops           operations per second.
 * @param bytesPerSecond of the client's data, counted once however many copies are made.
 * @param p50Micros      median latency seen by the client.
 * @param p99Micros      99th percentile of the same.
 * @param cpuMicros      processor time of all processes of the system per operation; null if the client does it all.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Sample(
    int round,
    Workload workload,
    String system,
    double iops,
    double bytesPerSecond,
    double p50Micros,
    double p99Micros,
    Double cpuMicros) {
}
