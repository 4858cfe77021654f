package io.twintrack.node.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.twintrack.node.Json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The fields of a request. Whoever reads them asks for each; {@link #end()} refuses those that nobody asked for. A
 * field that is null counts as absent.
 */
final class Fields {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final JsonNode object;
    private final NodeRule rule;
    private final Set<String> known = new TreeSet<>();

    private Fields(final JsonNode object, final NodeRule rule) {
        this.object = object;
        this.rule = rule;
    }

    /**
     * @param body of the request; an empty one has no fields.
     * @param rule that the request breaks when its fields are not as they must be.
     * @throws Refusal when it is no JSON object.
     */
    static Fields of(final byte[] body, final NodeRule rule) {
        if (body.length == 0) {
            return new Fields(JsonNodeFactory.instance.objectNode(), rule);
        }
        try {
            final String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            return of(Json.MAPPER.readTree(text), "the body", rule);
        } catch (final CharacterCodingException e) {
            throw Refusal.malformed(rule, "the body is not UTF-8 text");
        } catch (final JsonProcessingException e) {
            throw Refusal.malformed(rule, "the body is no JSON: " + e.getOriginalMessage());
        }
    }

    private static Fields of(final JsonNode node, final String what, final NodeRule rule) {
        if (node == null || !node.isObject()) {
            throw Refusal.malformed(rule, what + " must be a JSON object");
        }
        return new Fields(node, rule);
    }

    boolean has(final String key) {
        known.add(key);
        return object.hasNonNull(key);
    }

    /** @return {@code null} when it is absent. */
    String text(final String key) {
        if (!has(key)) {
            return null;
        }
        if (!object.get(key).isTextual()) {
            throw Refusal.malformed(rule, "\"" + key + "\" must be a text");
        }
        return object.get(key).textValue();
    }

    /** A name of a volume, pair, peer or HBA. @return the fallback when it is absent. */
    String name(final String key, final String fallback) {
        final String name = text(key);
        return name == null ? fallback : checkedName(rule, "\"" + key + "\"", name);
    }

    String requiredName(final String key) {
        require(key);
        return name(key, null);
    }

    /** @return the name. @throws Refusal when it is none. */
    static String checkedName(final NodeRule rule, final String what, final String name) {
        if (!NAME.matcher(name).matches()) {
            throw Refusal.malformed(rule, what + " must be 1 to 64 letters, digits, dots, dashes or underscores, the "
                + "first a letter or digit");
        }
        return name;
    }

    /** A number of bytes, a multiple of the unit. @return the fallback when it is absent. */
    long bytes(final String key, final long least, final long unit, final long fallback) {
        if (!has(key)) {
            return fallback;
        }
        final JsonNode node = object.get(key);
        final long bytes = node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : -1;
        if (bytes < least || bytes % unit != 0) {
            throw Refusal.malformed(rule, "\"" + key + "\" must be a number of bytes, " + least + " or more"
                + (unit == 1 ? "" : ", a multiple of " + unit));
        }
        return bytes;
    }

    long requiredBytes(final String key, final long least, final long unit) {
        require(key);
        return bytes(key, least, unit, -1);
    }

    boolean flag(final String key) {
        if (has(key) && !object.get(key).isBoolean()) {
            throw Refusal.malformed(rule, "\"" + key + "\" must be true or false");
        }
        return has(key) && object.get(key).booleanValue();
    }

    /** One of the constants, in lower case and with dashes. @return the fallback when it is absent. */
    <E extends Enum<E>> E word(final String key, final Class<E> type, final E fallback) {
        final String text = text(key);
        if (text == null) {
            return fallback;
        }
        return Arrays.stream(type.getEnumConstants()).filter(value -> word(value).equals(text)).findFirst()
            .orElseThrow(() -> Refusal.malformed(rule, "\"" + key + "\" must be "
                + String.join(" or ", Arrays.stream(type.getEnumConstants()).map(Fields::word).toList())));
    }

    /** How a constant stands in JSON: {@code UP_TO_DATE} as {@code up-to-date}. */
    static String word(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @return the objects in a list; none when it is absent. */
    List<Fields> list(final String key) {
        final List<Fields> list = new ArrayList<>();
        if (has(key)) {
            if (!object.get(key).isArray()) {
                throw Refusal.malformed(rule, "\"" + key + "\" must be a list");
            }
            for (final JsonNode item : object.get(key)) {
                list.add(of(item, "each entry of \"" + key + "\"", rule));
            }
        }
        return list;
    }

    /** Refuses fields that nobody asked for. */
    void end() {
        for (final Iterator<String> names = object.fieldNames(); names.hasNext();) {
            final String name = names.next();
            if (!known.contains(name)) {
                throw Refusal.malformed(rule, "\"" + name + "\" is not known here; known are "
                    + (known.isEmpty() ? "none" : String.join(", ", known)));
            }
        }
    }

    private void require(final String key) {
        if (!has(key)) {
            throw Refusal.malformed(rule, "\"" + key + "\" is missing");
        }
    }
}
