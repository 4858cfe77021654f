package io.twintrack.bench.report;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results as JSON for programs: every sample of every round, and what the table makes of them. */
public final class JsonReport {
    private static final JsonMapper JSON =
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private JsonReport() {
    }

    /** @param about the machine, the tools and the options of this run. */
    public static void write(final Path file, final Map<String, ?> about, final Results results) throws IOException {
        JSON.writeValue(file.toFile(), of(about, results));
    }

    static Map<String, Object> of(final Map<String, ?> about, final Results results) {
        final Map<String, Object> report = new LinkedHashMap<>();
        report.put("about", about);
        report.put("samples", results.samples());
        report.put("rules", Rule.all().stream().map(rule -> rule(rule, results.samples())).toList());
        report.put("compares", results.checks());
        report.put("differingBytes", results.differences());
        report.put("absent", results.absent());
        return report;
    }

    private static Map<String, Object> rule(final Rule rule, final List<Sample> samples) {
        final List<Map<String, Object>> limits = new ArrayList<>();
        for (final Rule.Limit limit : rule.anyOf()) {
            final Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("rule", limit.toString());
            entry.put("ratio", limit.ratio().of(samples).orElse(null));
            limits.add(entry);
        }
        final Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", rule.name());
        entry.put("verdict", rule.verdict(samples));
        entry.put("anyOf", limits);
        return entry;
    }
}
