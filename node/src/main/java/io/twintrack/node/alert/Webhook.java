package io.twintrack.node.alert;

import io.twintrack.node.Json;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Tells a web address, by POST. Any answer of the 200s means that it was told. */
final class Webhook implements Delivery {
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int SUCCESS = 2;

    private final URI address;
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(LONGEST).build();

    Webhook(final URI address) {
        this.address = address;
    }

    @Override
    public void deliver(final Alert alert) throws IOException, InterruptedException {
        final HttpRequest request = HttpRequest.newBuilder(address).timeout(LONGEST)
            .header("Content-Type", "application/json").POST(BodyPublishers.ofString(Json.text(alert))).build();
        final int status = client.send(request, BodyHandlers.discarding()).statusCode();
        if (status / 100 != SUCCESS) {
            throw new IOException(address + " answered " + status);
        }
    }
}
