package io.twintrack.node.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.twintrack.node.config.Units;

import java.util.Locale;
import java.util.StringJoiner;

/** The status of pairs, for people. */
final class StatusText {
    private static final int BAR = 30;
    private static final double MIB = 1 << 20;

    private StatusText() {
    }

    /** A line for each pair, and one below it for what goes on. */
    static String table(final JsonNode pairs) {
        final TextTable table = new TextTable(
            "PAIR", "ROLE", "STATE", "THIS SIDE", "PEER SIDE", "MODE", "SIZE", "CHANGED", "CLIENTS", "SINCE");
        final StringBuilder below = new StringBuilder();
        for (final JsonNode pair : pairs) {
            table.row(word(pair, "name"), word(pair, "role"), word(pair, "state"), word(pair, "side"),
                word(pair, "peerSide"), word(pair, "mode"), Units.sizeText(pair.path("sizeBytes").asLong()),
                Units.sizeText(changedBytes(pair)), word(pair, "clients"), word(pair, "since"));
            below.append(goingOn(pair));
        }
        return pairs.isEmpty() ? "no pairs\n" : table.toString() + below;
    }

    /** All of one pair. */
    static String whole(final JsonNode pair) {
        final StringBuilder text = new StringBuilder();
        line(text, "pair", word(pair, "name") + " on volume " + word(pair, "volume") + " of HBA " + word(pair, "hba"));
        line(text, "state", word(pair, "state") + " since " + word(pair, "since") + ": " + word(pair, "reason"));
        line(text, "this side", word(pair, "side") + ", " + word(pair, "role"));
        line(text, "peer side", word(pair, "peerSide") + ", " + word(pair, "peer")
            + (pair.path("linkUp").asBoolean() ? "" : ", does not answer"));
        line(text, "mode", word(pair, "mode"));
        line(text, "severed by", word(pair, "severedBy"));
        line(text, "size", Units.sizeText(pair.path("sizeBytes").asLong()));
        line(text, "changed", word(pair, "changedTracks") + " of " + word(pair, "totalTracks") + " tracks of "
            + Units.sizeText(pair.path("trackBytes").asLong()));
        line(text, "regions", word(pair, "activeRegions") + " of " + word(pair, "regionCapacity") + " active");
        line(text, "clients", word(pair, "clients"));
        line(text, "generation", word(pair, "currentGeneration") + ", base " + word(pair, "baseGeneration"));
        line(text, "requests", word(pair, "reads") + " reads, " + word(pair, "writes") + " writes, "
            + word(pair, "flushes") + " flushes, " + word(pair, "errors") + " errors");
        line(text, "resends", word(pair, "resends"));
        return text + goingOn(pair);
    }

    /** A line for each reason to look at a disk. */
    static String warnings(final JsonNode disks) {
        final StringBuilder text = new StringBuilder();
        for (final JsonNode disk : disks) {
            disk.path("warnings").forEach(warning -> text.append("disk ").append(word(disk, "path"))
                .append(": warning: ").append(warning.asText()).append('\n'));
        }
        return text.toString();
    }

    /** {@code 12.3 MiB/s, 45 s to go}, as far as it is known. */
    static String pace(final JsonNode resync) {
        final String rate = String.format(Locale.ROOT, "%.1f MiB/s", resync.path("bytesPerSecond").asLong() / MIB);
        return resync.path("secondsToGo").isNumber()
            ? rate + ", " + resync.path("secondsToGo").asLong() + " s to go" : rate;
    }

    private static String goingOn(final JsonNode pair) {
        final StringBuilder text = new StringBuilder();
        final JsonNode resync = pair.path("resync");
        if (resync.isObject()) {
            text.append(word(pair, "name")).append(": ").append(word(resync, "kind")).append(" resync, ")
                .append(word(resync, "direction")).append("  ").append(bar(resync)).append("  ").append(pace(resync))
                .append('\n');
        }
        final JsonNode verify = pair.path("verify");
        if (verify.isObject()) {
            text.append(word(pair, "name")).append(": verify")
                .append(howFar(verify)).append(", ")
                .append(word(verify, "differences")).append(" differences\n");
            verify.path("ranges").forEach(range -> text.append("    differs at byte ")
                .append(word(range, "offsetBytes")).append(", ").append(word(range, "lengthBytes")).append(" bytes\n"));
        }
        pair.path("disks").forEach(disk -> text.append(word(pair, "name")).append(": ").append(disk(disk)).append('\n'));
        pair.path("alerts").forEach(alert -> text.append(word(pair, "name")).append(": alert: ")
            .append(alert.asText()).append('\n'));
        return text.toString();
    }

    private static String howFar(final JsonNode verify) {
        if (verify.path("running").asBoolean()) {
            return "  " + bar(verify);
        }
        return verify.path("complete").asBoolean() ? " done" : " ended before it was through, begin it again";
    }

    /** {@code disk /dev/sda: SMART passed, 31 degrees Celsius, 8658 hours}, as far as it tells. */
    private static String disk(final JsonNode disk) {
        final StringJoiner text = new StringJoiner(", ", "disk " + word(disk, "path") + ": ", "");
        if (disk.path("gone").asBoolean()) {
            text.add("gone");
        }
        text.add("SMART " + word(disk, "smart"));
        told(text, disk, "temperatureCelsius", "degrees Celsius");
        told(text, disk, "powerOnHours", "hours");
        told(text, disk, "reallocatedSectors", "reallocated");
        told(text, disk, "pendingSectors", "pending");
        return text.toString();
    }

    private static void told(final StringJoiner text, final JsonNode disk, final String key, final String what) {
        if (disk.path(key).isNumber()) {
            text.add(word(disk, key) + ' ' + what);
        }
    }

    /** {@code [=======>      ]  45 %  123.0 of 256.0 MiB}. */
    private static String bar(final JsonNode progress) {
        final long total = progress.path("totalBytes").asLong();
        final long done = Math.min(progress.path("doneBytes").asLong(), total);
        final double part = total == 0 ? 1 : (double) done / total;
        final int full = (int) (part * BAR);
        final String tip = full < BAR ? ">" : "";
        return String.format(Locale.ROOT, "[%-" + BAR + "s] %3d %%  %.1f of %.1f MiB",
            "=".repeat(full) + tip, (int) (part * 100), done / MIB, total / MIB);
    }

    private static long changedBytes(final JsonNode pair) {
        return Math.min(pair.path("changedTracks").asLong() * pair.path("trackBytes").asLong(),
            pair.path("sizeBytes").asLong());
    }

    private static void line(final StringBuilder text, final String name, final String value) {
        text.append(String.format(Locale.ROOT, "%-11s %s%n", name, value));
    }

    private static String word(final JsonNode object, final String key) {
        final JsonNode value = object.path(key);
        return value.isNull() || value.isMissingNode() ? "-" : value.asText();
    }
}
