package io.twintrack.node.control;

import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.PairCommands;
import io.twintrack.engine.pair.PairRule;
import io.twintrack.engine.pair.PairStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The way from other threads to the pairs of one HBA. Each question is carried to the HBA's thread; the answer comes
 * back as a future, which that thread completes: continue on another one. Any thread.
 */
public final class HbaControl {
    private static final Logger LOG = LoggerFactory.getLogger(HbaControl.class);

    private final String name;
    private final Predicate<LongConsumer> thread;
    private final Supplier<PairTables> tables;

    /**
     * @param thread runs a task on the HBA's thread, with the time of the duty cycle; false when it takes none now.
     * @param tables asked for on that thread alone.
     */
    public HbaControl(final String name, final Predicate<LongConsumer> thread, final Supplier<PairTables> tables) {
        this.name = name;
        this.thread = thread;
        this.tables = tables;
    }

    public String name() {
        return name;
    }

    public CompletableFuture<List<PairStatus>> statuses() {
        final CompletableFuture<List<PairStatus>> answer = new CompletableFuture<>();
        carry(answer, nowNs -> answer.complete(tables.get().statuses(nowNs)));
        return answer;
    }

    /** @param command given to the pair of this name. */
    public CompletableFuture<CommandResult> command(
        final String pair, final BiConsumer<PairCommands, CommandListener> command) {
        return change((all, listener) -> {
            final PairCommands found = all.pair(pair);
            if (found == null) {
                listener.onResult(CommandResult.refused(
                    PairRule.NOT_RUNNING.refuses("pair " + pair + " does not run on HBA " + name)));
            } else {
                command.accept(found, listener);
            }
        });
    }

    /** @param change made to the HBA's pairs. */
    public CompletableFuture<CommandResult> change(final BiConsumer<PairTables, CommandListener> change) {
        final CompletableFuture<CommandResult> answer = new CompletableFuture<>();
        carry(answer, nowNs -> change.accept(tables.get(), answer::complete));
        return answer;
    }

    /** Without an answer. @return false when the HBA takes no task now. */
    boolean run(final Runnable task) {
        return thread.test(nowNs -> task.run());
    }

    private void carry(final CompletableFuture<?> answer, final LongConsumer task) {
        final boolean carried = thread.test(nowNs -> {
            try {
                task.accept(nowNs);
            } catch (final RuntimeException e) {
                // A bug in a command is no reason to stop serving clients.
                LOG.error("A command failed", e);
                answer.completeExceptionally(e);
            }
        });
        if (!carried) {
            answer.completeExceptionally(Refusal.unavailable(NodeRule.COMMANDS_WAITING,
                "HBA " + name + " has too many commands waiting"));
        }
    }
}
