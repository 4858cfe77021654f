package io.twintrack.node.config;

import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * One mapping of the file. Whoever reads it asks for keys; what is missing or malformed becomes a problem and reads as
 * the fallback or {@code null}, so that reading goes on. The keys that were asked for are those that are known:
 * {@link #close()} reports the others.
 */
final class Section implements AutoCloseable {
    private final String path;
    private final int line;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final TreeSet<String> known = new TreeSet<>();
    private final Problems problems;

    private Section(final String path, final int line, final Problems problems) {
        this.path = path;
        this.line = line;
        this.problems = problems;
    }

    /** @param path of the section itself, empty for the whole file. */
    static Section of(final String path, final Node node, final Problems problems) {
        final Section section = new Section(path, line(node, 1), problems);
        if (node instanceof MappingNode mapping) {
            mapping.getValue().forEach(section::add);
        } else {
            problems.add(section.line, path, text(node), "must be a mapping of keys to values");
        }
        return section;
    }

    <T> T required(final String key, final Form<T> form) {
        if (!has(key)) {
            problems.add(line, path(key), null, "is missing; must be " + form.allowed());
            return null;
        }
        return read(key, form, null);
    }

    <T> T optional(final String key, final Form<T> form, final T fallback) {
        return has(key) ? read(key, form, fallback) : fallback;
    }

    /** A nested section; an absent one reads as an empty one. */
    Section section(final String key) {
        return has(key) ? of(path(key), values.get(key), problems) : new Section(path(key), line, problems);
    }

    /** A list of sections with at least one in it. */
    List<Section> sections(final String key) {
        final List<Section> sections = optionalSections(key);
        if (sections.isEmpty()) {
            reject(key, "must be a list with at least one entry, each starting with \"- \"");
        }
        return sections;
    }

    /** A list of sections that may be absent or empty. */
    List<Section> optionalSections(final String key) {
        final List<Section> sections = new ArrayList<>();
        for (final Node item : items(key)) {
            sections.add(of(path(key) + '[' + sections.size() + ']', item, problems));
        }
        return sections;
    }

    /** A list of values; a single value counts as a list of one. */
    <T> List<T> list(final String key, final Form<T> form) {
        final List<T> list = new ArrayList<>();
        for (final Node item : items(key)) {
            final T value = item instanceof ScalarNode scalar ? form.read(scalar.getValue()) : null;
            if (value == null) {
                problems.add(line(item, line), path(key), text(item), "must be " + form.allowed());
            } else {
                list.add(value);
            }
        }
        return list;
    }

    boolean has(final String key) {
        known.add(key);
        return values.containsKey(key);
    }

    /** Reports a value of this section that has the right form and is wrong all the same. */
    void reject(final String key, final String text) {
        problems.add(lines.getOrDefault(key, line), path(key), text(values.get(key)), text);
    }

    /** Reports the keys that nobody asked for. */
    @Override
    public void close() {
        for (final String key : values.keySet()) {
            if (!known.contains(key)) {
                reject(key, "is not known here" + Spelling.hint(key, known)
                    + "; known are " + String.join(", ", known));
            }
        }
    }

    private <T> T read(final String key, final Form<T> form, final T fallback) {
        final Node node = values.get(key);
        final T value = node instanceof ScalarNode scalar ? form.read(scalar.getValue()) : null;
        if (value == null) {
            reject(key, "must be " + form.allowed());
        }
        return value == null ? fallback : value;
    }

    private List<Node> items(final String key) {
        final Node node = has(key) ? values.get(key) : null;
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        return node == null || node instanceof ScalarNode scalar && scalar.getValue().isEmpty()
            ? List.of() : List.of(node);
    }

    private void add(final NodeTuple tuple) {
        final String key = text(tuple.getKeyNode());
        final int keyLine = line(tuple.getKeyNode(), line);
        if (values.putIfAbsent(key, tuple.getValueNode()) != null) {
            problems.add(keyLine, path(key), text(tuple.getValueNode()), "stands here a second time");
        } else {
            lines.put(key, keyLine);
        }
    }

    private String path(final String key) {
        return path.isEmpty() ? key : path + '.' + key;
    }

    private static int line(final Node node, final int fallback) {
        return node.getStartMark().map(Mark::getLine).map(zeroBased -> zeroBased + 1).orElse(fallback);
    }

    private static String text(final Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        return node instanceof SequenceNode ? "[...]" : node instanceof MappingNode ? "{...}" : null;
    }
}
