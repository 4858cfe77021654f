package io.twintrack.node.config;

import java.util.List;

/** A configuration that cannot be run. Its message lists every problem, one on each line. */
public final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    InvalidConfigException(final String file, final List<Problem> problems) {
        super(message(file, problems));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }

    private static String message(final String file, final List<Problem> problems) {
        final StringBuilder text = new StringBuilder();
        text.append(file).append(": ").append(problems.size());
        text.append(problems.size() == 1 ? " problem" : " problems");
        problems.forEach(problem -> text.append("\n  ").append(problem));
        return text.toString();
    }
}
