package io.twintrack.bench;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Hands everything behind it to JMH, and the JVM flags that the libraries ask for to JMH's forks. */
@Command(name = "jmh", description = "Runs the JMH benchmarks; all arguments go to JMH (try: jmh -h).")
final class JmhCommand implements Callable<Integer> {
    private static final List<String> FLAGS_FROM_24_ON =
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        final List<String> all = new ArrayList<>(arguments);
        all.add("-jvmArgsAppend");
        all.add(String.join(" ", forkFlags(Runtime.version().feature())));
        Main.main(all.toArray(new String[0]));
        return 0;
    }

    /** A fork starts from the class path, so the flags in the jar's manifest do not reach it. */
    static List<String> forkFlags(final int javaVersion) throws IOException {
        final Properties build = new Properties();
        try (InputStream in = JmhCommand.class.getResourceAsStream("build.properties")) {
            build.load(in);
        }
        final List<String> flags = new ArrayList<>(List.of(build.getProperty("jvm.flags").trim().split("\\s+")));
        if (javaVersion >= 24) {
            flags.addAll(FLAGS_FROM_24_ON);
        }
        return flags;
    }
}
