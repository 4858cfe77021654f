package io.twintrack.node.control;

import io.twintrack.engine.pair.CommandResult;
import io.twintrack.engine.pair.PairRule;
import io.twintrack.engine.pair.PairStatus;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The ways to the pairs of all HBAs of a node. Any thread but theirs. */
final class PairControls {
    private final List<HbaControl> hbas;
    private final long longestAnswerNs;

    /** @param longestAnswerNs how long an HBA may take for one. */
    PairControls(final List<HbaControl> hbas, final long longestAnswerNs) {
        this.hbas = List.copyOf(hbas);
        this.longestAnswerNs = longestAnswerNs;
    }

    List<HbaControl> hbas() {
        return hbas;
    }

    HbaControl hba(final String name) {
        return hbas.stream().filter(hba -> hba.name().equals(name)).findFirst().orElseThrow();
    }

    /** Waits for it. @throws Refusal when the pair does not run. */
    PairStatus status(final String pair) {
        for (final HbaControl hba : hbas) {
            for (final PairStatus status : answer(hba.statuses())) {
                if (status.name().equals(pair)) {
                    return status;
                }
            }
        }
        throw Refusal.unknown(PairRule.NOT_RUNNING, "pair " + pair + " does not run");
    }

    /** Waits for it. @return what was done. @throws Refusal when it was refused. */
    String await(final CompletableFuture<CommandResult> result) {
        return Refusal.done(answer(result));
    }

    /** With the bound that every answer has. */
    <T> CompletableFuture<T> bounded(final CompletableFuture<T> answer) {
        return answer.orTimeout(longestAnswerNs, TimeUnit.NANOSECONDS);
    }

    private <T> T answer(final CompletableFuture<T> answer) {
        try {
            return answer.get(longestAnswerNs, TimeUnit.NANOSECONDS);
        } catch (final ExecutionException e) {
            throw e.getCause() instanceof Refusal refusal ? refusal : new IllegalStateException(e.getCause());
        } catch (final TimeoutException e) {
            throw late();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.unavailable(NodeRule.NODE_STOPPING, "the node is stopping");
        }
    }

    /** What is said when the bound is over. */
    Refusal late() {
        return Refusal.late("there is no answer within " + TimeUnit.NANOSECONDS.toSeconds(longestAnswerNs)
            + " s; the command goes on");
    }
}
