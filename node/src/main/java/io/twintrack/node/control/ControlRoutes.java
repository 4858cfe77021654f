package io.twintrack.node.control;

import io.twintrack.engine.pair.CommandListener;
import io.twintrack.engine.pair.Keep;
import io.twintrack.engine.pair.PairCommands;
import io.twintrack.engine.pair.Role;
import io.twintrack.node.disk.DiskView;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Which request does what; docs/CONTROL.md lists them. Any thread. */
public final class ControlRoutes {
    private static final long BLOCK = 4 << 10;

    private final Supplier<Object> node;
    private final Supplier<Object> alerts;
    private final Supplier<List<DiskView>> disks;
    private final Volumes volumes;
    private final Pairs pairs;
    private final PairControls controls;
    private final Executor tables;

    ControlRoutes(
        final Supplier<Object> node, final Supplier<Object> alerts, final Supplier<List<DiskView>> disks,
        final Volumes volumes, final Pairs pairs, final PairControls controls, final Executor tables) {
        this.node = node;
        this.alerts = alerts;
        this.disks = disks;
        this.volumes = volumes;
        this.pairs = pairs;
        this.controls = controls;
        this.tables = tables;
    }

    /** @throws Refusal here or in the future. */
    CompletableFuture<Answer> answer(final String method, final String path, final String query, final byte[] body) {
        final List<String> words = words(path);
        final String place = words.size() > 1 ? words.get(1) : "";
        final String route = method + ' ' + place + (words.size() > 2 ? "/*" : "")
            + (words.size() > 3 ? '/' + words.get(3) : "");
        if (words.isEmpty() || !words.get(0).equals("v1") || words.size() > 4) {
            throw unknown(path);
        }
        final Fields fields = Fields.of(body, rule(route));
        final CompletableFuture<Answer> answer = switch (place) {
            case "node", "alerts", "disks" -> about(route, fields);
            case "volumes" -> volume(route, words, query, fields);
            case "pairs" -> pair(route, words, fields);
            default -> null;
        };
        if (answer == null) {
            throw unknown(method + ' ' + path);
        }
        return answer;
    }

    /** What a request of this route keeps, as far as its fields go. */
    private static NodeRule rule(final String route) {
        return switch (route) {
            case "POST volumes" -> NodeRule.VOLUME_FIELDS;
            case "POST volumes/*/grow" -> NodeRule.VOLUME_GROW_FIELDS;
            case "POST volumes/*/shrink" -> NodeRule.VOLUME_SHRINK_FIELDS;
            case "DELETE volumes/*" -> NodeRule.VOLUME_DELETE_FIELDS;
            case "POST pairs" -> NodeRule.PAIR_FIELDS;
            case "POST pairs/*/resize" -> NodeRule.PAIR_SIZE;
            case "POST pairs/*/reestablish" -> NodeRule.PAIR_KEEP;
            case "POST pairs/*/repair" -> NodeRule.PAIR_REPAIR;
            default -> route.startsWith("GET ") ? NodeRule.NO_FIELDS : NodeRule.PAIR_FLAT;
        };
    }

    /** What is said when the HBA does not answer in time. */
    Refusal late() {
        return controls.late();
    }

    private CompletableFuture<Answer> about(final String route, final Fields fields) {
        fields.end();
        return switch (route) {
            case "GET node" -> CompletableFuture.completedFuture(Answer.done(node.get()));
            case "GET alerts" -> CompletableFuture.completedFuture(Answer.done(alerts.get()));
            case "GET disks" -> CompletableFuture.completedFuture(Answer.done(Map.of("disks", disks.get())));
            default -> null;
        };
    }

    private CompletableFuture<Answer> volume(
        final String route, final List<String> words, final String query, final Fields fields) {
        final String name = words.size() > 2 ? words.get(2) : null;
        return switch (route) {
            case "GET volumes" -> now(fields, () -> Map.of("volumes", volumes.list()));
            case "GET volumes/*" -> now(fields, () -> volumes.get(name));
            case "POST volumes" -> {
                final VolumeRequest request = VolumeRequest.of(fields);
                yield change(() -> volumes.create(request)).thenCompose(made -> made).thenApply(Answer::made);
            }
            case "POST volumes/*/grow" -> {
                final long size = size(fields);
                yield change(() -> volumes.grow(name, size)).thenApply(Answer::done);
            }
            case "POST volumes/*/shrink" -> {
                final long size = size(fields);
                yield change(() -> volumes.shrink(name, size)).thenApply(Answer::done);
            }
            case "DELETE volumes/*" -> {
                fields.end();
                final boolean withFiles = withFiles(query);
                yield change(() -> new Answer.Done(volumes.delete(name, withFiles))).thenApply(Answer::done);
            }
            default -> null;
        };
    }

    private CompletableFuture<Answer> pair(final String route, final List<String> words, final Fields fields) {
        final String name = words.size() > 2 ? words.get(2) : null;
        return switch (route) {
            case "GET pairs" -> {
                fields.end();
                yield pairs.list().thenApply(list -> Answer.done(Map.of("pairs", list)));
            }
            case "GET pairs/*" -> {
                fields.end();
                yield pairs.get(name).thenApply(Answer::done);
            }
            case "POST pairs" -> {
                final PairRequest request = PairRequest.of(fields);
                yield change(() -> new Answer.Done(pairs.establish(request))).thenApply(Answer::made);
            }
            case "DELETE pairs/*" -> {
                fields.end();
                yield change(() -> new Answer.Done(pairs.delete(name))).thenApply(Answer::done);
            }
            default -> words.size() == 4 && route.startsWith("POST ") ? command(name, words.get(3), fields) : null;
        };
    }

    private CompletableFuture<Answer> command(final String pair, final String command, final Fields fields) {
        final BiConsumer<PairCommands, CommandListener> given = given(command, fields);
        if (given == null) {
            return null;
        }
        fields.end();
        return pairs.command(pair, given).thenApply(what -> Answer.done(new Answer.Done(what)));
    }

    private static BiConsumer<PairCommands, CommandListener> given(final String command, final Fields fields) {
        return switch (command) {
            case "sever" -> PairCommands::sever;
            case "reestablish" -> {
                final Keep keep = fields.word("keep", Keep.class, Keep.NONE);
                yield (pair, listener) -> pair.reestablish(keep, listener);
            }
            case "promote" -> {
                final boolean force = fields.flag("force");
                yield (pair, listener) -> pair.promote(force, listener);
            }
            case "demote" -> PairCommands::demote;
            case "resize" -> {
                final long size = fields.requiredBytes("sizeBytes", BLOCK, BLOCK);
                yield (pair, listener) -> pair.resize(size, listener);
            }
            case "verify" -> PairCommands::verify;
            case "repair" -> {
                final Role from = fields.word("from", Role.class, null);
                if (from == null) {
                    throw Refusal.malformed(NodeRule.PAIR_REPAIR, "\"from\" is missing: primary or redundant");
                }
                yield (pair, listener) -> pair.repair(from, listener);
            }
            case "accept-disk" -> PairCommands::acceptDisk;
            default -> null;
        };
    }

    private static CompletableFuture<Answer> now(final Fields fields, final Supplier<Object> answer) {
        fields.end();
        return CompletableFuture.completedFuture(Answer.done(answer.get()));
    }

    /** One change after the other, on the thread that changes the tables. */
    private <T> CompletableFuture<T> change(final Supplier<T> change) {
        return CompletableFuture.supplyAsync(change, tables);
    }

    private static long size(final Fields fields) {
        final long size = fields.requiredBytes("sizeBytes", BLOCK, BLOCK);
        fields.end();
        return size;
    }

    private static boolean withFiles(final String query) {
        if (query == null || query.isEmpty() || query.equals("files=keep")) {
            return false;
        }
        if (!query.equals("files=remove")) {
            throw Refusal.malformed(NodeRule.VOLUME_DELETE_FIELDS, "the query must be files=keep or files=remove");
        }
        return true;
    }

    private static List<String> words(final String path) {
        return path.startsWith("/") ? Arrays.asList(path.substring(1).split("/", -1)) : List.of();
    }

    private static Refusal unknown(final String what) {
        return Refusal.unknown(NodeRule.KNOWN_REQUEST, "there is no " + what + " here");
    }
}
