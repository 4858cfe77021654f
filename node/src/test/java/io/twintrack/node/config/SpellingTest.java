package io.twintrack.node.config;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

class SpellingTest {
    private static final List<String> KEYS = List.of("memory", "mtu", "reply-timeout");

    @Test
    void hintsAtANearKey() {
        assertEquals("; did you mean \"memory\"?", Spelling.hint("memroy", KEYS));
        assertEquals("; did you mean \"reply-timeout\"?", Spelling.hint("reply_time_out", KEYS));
    }

    @Test
    void staysSilentWhenNothingIsNear() {
        assertEquals("", Spelling.hint("colour", KEYS));
        assertEquals("", Spelling.hint("x", KEYS));
    }

    @Test
    void countsEdits() {
        assertEquals(3, Spelling.distance("kitten", "sitting"));
        assertEquals(4, Spelling.distance("", "four"));
        assertEquals(0, Spelling.distance("same", "same"));
    }
}
