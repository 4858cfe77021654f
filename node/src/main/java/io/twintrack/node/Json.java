package io.twintrack.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** How this node reads and writes JSON: strictly, so that a misspelt key is an error and no number is a guess. */
public final class Json {
    public static final JsonMapper MAPPER = JsonMapper.builder()
        .addModule(new SimpleModule().addSerializer(Path.class, ToStringSerializer.instance)
            .addDeserializer(Path.class, new PathReader()))
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
            DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();

    private Json() {
    }

    /** In one line. */
    public static String text(final Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (final JsonProcessingException e) {
            throw new IllegalArgumentException("it cannot be written as JSON: " + value, e);
        }
    }

    /** In lines, for people. */
    public static String pretty(final Object value) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (final JsonProcessingException e) {
            throw new IllegalArgumentException("it cannot be written as JSON: " + value, e);
        }
    }

    /** Jackson's own takes a colon in a path for a URI. */
    private static final class PathReader extends FromStringDeserializer<Path> {
        private static final long serialVersionUID = 1L;

        PathReader() {
            super(Path.class);
        }

        @Override
        protected Path _deserialize(final String text, final DeserializationContext context)
            throws java.io.IOException {
            try {
                return Path.of(text);
            } catch (final InvalidPathException e) {
                return (Path) context.handleWeirdStringValue(Path.class, text, "no path: %s", e.getReason());
            }
        }
    }
}
