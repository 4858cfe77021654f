package io.twintrack.node.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EndpointTest {

    @Test
    void readsHostsAndPorts() {
        assertEquals(new Endpoint("10.0.0.1", 40001), Endpoint.parse("10.0.0.1:40001"));
        assertEquals(new Endpoint("::1", 0), Endpoint.parse("[::1]:0"));
        assertEquals(new Endpoint("host-a.example", 65535), Endpoint.parse("host-a.example:65535"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":1", "host", "host:", "host:65536", "host:-1", "host:1x", "::1:80", "[::1]", "[x]:1",
        "a b:1", "a/b:1"})
    void refusesWhatIsNone(final String text) {
        assertNull(Endpoint.parse(text));
    }

    @Test
    void writesWhatItReads() {
        assertEquals("[::1]:80", Endpoint.parse("[::1]:80").toString());
        assertEquals("10.0.0.1:80", Endpoint.parse("10.0.0.1:80").toString());
    }

    @Test
    void knowsLoopback() {
        assertTrue(Endpoint.parse("127.0.0.9:1").isLoopback());
        assertTrue(Endpoint.parse("[::1]:1").isLoopback());
        assertFalse(Endpoint.parse("10.0.0.1:1").isLoopback());
    }
}
