package io.twintrack.transport.relay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * The relay as a process: {@code RelayMain A-HOST:PORT B-HOST:PORT SEED}. It prints
 * {@code ready towards-a HOST:PORT towards-b HOST:PORT} and takes commands from standard input, one a line:
 *
 * <pre>
 *   drop|repeat|reorder|header|payload|any|truncate PROBABILITY [a-b|b-a]
 *   delay PROBABILITY MAX_MS [a-b|b-a]
 *   latency MS [a-b|b-a]      bandwidth BYTES_PER_SECOND [a-b|b-a]
 *   cut [a-b|b-a]             heal
 *   counts
 * </pre>
 *
 * Each is answered with a line: {@code ok}, the counts, or {@code error TEXT}. It ends with its input.
 */
public final class RelayMain {
    private RelayMain() {
    }

    public static void main(final String[] args) throws IOException {
        if (args.length != 3) {
            System.err.println("usage: RelayMain A-HOST:PORT B-HOST:PORT SEED");
            System.exit(2);
        }
        try (DatagramRelay relay = new DatagramRelay(address(args[0]), address(args[1]), Long.parseLong(args[2]));
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("ready towards-a " + text(relay.towardsA()) + " towards-b " + text(relay.towardsB()));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                System.out.println(answer(relay, line.trim().split("\\s+")));
            }
        }
    }

    private static String answer(final DatagramRelay relay, final String[] words) {
        try {
            if (words[0].equals("counts")) {
                return relay.toString();
            }
            if (words[0].equals("heal")) {
                relay.heal();
                return "ok";
            }
            final String last = words[words.length - 1];
            for (final Direction direction : Direction.values()) {
                final String other = direction == Direction.A_TO_B ? "b-a" : "a-b";
                if (!last.equals(other)) {
                    apply(relay.faults(direction), words);
                }
            }
            return "ok";
        } catch (final RuntimeException ex) {
            return "error " + ex.getMessage();
        }
    }

    private static void apply(final Faults faults, final String[] words) {
        switch (words[0]) {
            case "cut" -> faults.cut(true);
            case "drop" -> faults.drop(number(words, 1));
            case "repeat" -> faults.repeat(number(words, 1));
            case "reorder" -> faults.reorder(number(words, 1));
            case "header" -> faults.corruptHeader(number(words, 1));
            case "payload" -> faults.corruptPayload(number(words, 1));
            case "any" -> faults.corruptAny(number(words, 1));
            case "truncate" -> faults.truncate(number(words, 1));
            case "delay" -> faults.delay(number(words, 1), (long) (number(words, 2) * 1e6));
            case "latency" -> faults.latency((long) (number(words, 1) * 1e6));
            case "bandwidth" -> faults.bandwidth((long) number(words, 1));
            default -> throw new IllegalArgumentException("unknown command " + words[0]);
        }
    }

    private static double number(final String[] words, final int at) {
        if (words.length <= at) {
            throw new IllegalArgumentException(words[0] + " needs a number");
        }
        return Double.parseDouble(words[at]);
    }

    private static InetSocketAddress address(final String text) {
        final int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    private static String text(final InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
