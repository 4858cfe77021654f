package io.twintrack.node.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Two nodes with a real network of 1,500-byte packets between them: a network namespace each, joined by a cable. */
class NetworkNamespaceTest {
    private static final String ORIGIN_HOST = "10.231.77.1";
    private static final String TARGET_HOST = "10.231.77.2";

    @TempDir(factory = WorkFolder.class)
    private Path folder;
    private final String originSpace = "twintrack-o" + ProcessHandle.current().pid();
    private final String targetSpace = "twintrack-t" + ProcessHandle.current().pid();

    @Test
    void fioReadsBackWhatItWroteOverPacketsOf1500Bytes() {
        Tool.assumeInstalled("ip", "fio", "cmp");
        try {
            assumeTrue(isCabled(), "this user may not make network namespaces");
            try (Pair pair = new Pair(folder).size(16 << 20).hosts(ORIGIN_HOST, TARGET_HOST).prepare()) {
                pair.startTarget("ip", "netns", "exec", targetSpace);
                pair.startOrigin("ip", "netns", "exec", originSpace).awaitServing(30);
                final java.util.List<String> command =
                    new java.util.ArrayList<>(java.util.List.of("ip", "netns", "exec", originSpace));
                command.addAll(Fio.verify(pair.uri(), 11));
                Tool.run(folder, 30, command);
                pair.stopAndCompare();
            }
        } finally {
            remove(originSpace);
            remove(targetSpace);
        }
    }

    private boolean isCabled() {
        return isDone("ip", "netns", "add", originSpace) && isDone("ip", "netns", "add", targetSpace)
            && isDone("ip", "-n", originSpace, "link", "add", "cable", "mtu", "1500", "type", "veth", "peer", "name",
                "cable", "mtu", "1500", "netns", targetSpace)
            && isDone("ip", "-n", originSpace, "addr", "add", ORIGIN_HOST + "/24", "dev", "cable")
            && isDone("ip", "-n", targetSpace, "addr", "add", TARGET_HOST + "/24", "dev", "cable")
            && isDone("ip", "-n", originSpace, "link", "set", "cable", "up")
            && isDone("ip", "-n", targetSpace, "link", "set", "cable", "up")
            && isDone("ip", "-n", originSpace, "link", "set", "lo", "up");
    }

    private void remove(final String space) {
        isDone("ip", "netns", "del", space);
    }

    private boolean isDone(final String... command) {
        try (Tool tool = Tool.start(folder, command)) {
            return tool.await(10) == 0;
        }
    }
}
