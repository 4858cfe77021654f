package io.twintrack.node.demo;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import java.io.PrintStream;

/** A bar that moves. */
final class ProgressOnTerminal implements Progress {
    private static final long MIB = 1 << 20;

    private final ProgressBar bar;

    ProgressOnTerminal(final String task, final long bytes, final PrintStream out) {
        bar = new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(bytes)
            .setUnit(" MiB", MIB)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(100)
            .setConsumer(new ConsoleProgressBarConsumer(out))
            .hideEta()
            .build();
    }

    @Override
    public void show(final long done, final String extra) {
        bar.stepTo(done);
        bar.setExtraMessage(extra);
    }

    @Override
    public void close() {
        bar.close();
    }
}
